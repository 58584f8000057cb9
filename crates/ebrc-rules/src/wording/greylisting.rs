use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

static NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    super::words([
        "greylist",
        "graylist",
        "grey-list",
        "gray-list",
        "grey list",
        "gray list",
        "grey_list",
        "gray_list",
        "greylst",
        "postgrey",
        "milter-grey",
        "gris list",
        "graue liste",
        "grauen liste",
        "graue-liste",
        "liste grise",
        "listes grises",
        "lista grigia",
        "liste grigie",
        "lista gris",
        "listas grises",
        "lista cinza",
        "listas cinza",
        "lista cinzenta",
        "szara list",
        "szarej li",
        "szarych list",
        "szarą list",
        "grijze lijst",
        "gri liste",
        "grålist",
        "harmaalist",
        "szürkelist",
        // Letters of other scripts are matched as they are written.
        "рейлист",
        "ерый список",
        "ерого списка",
        "ерых списк",
        "ерые списки",
        "ером списке",
        "šedou listinu",
        "šedá listina",
        "šedé listin",
        "šedý seznam",
        "灰名单",
        "灰名單",
        "灰色名单",
        "灰色名單",
        "그레이리스",
        "グレイリスト",
        "グレーリスト",
        "グレイリスティング",
        "グレーリスティング",
        "灰色リスト",
    ])
});

/// Whether a reply names greylisting (section 4.2.2 counts receiver domains
/// that "explicitly indicate" it).
///
/// A reply that only says to come back later does not name it. The caller asks
/// for T6: a reply may name the greylisting daemon for it has crashed.
#[must_use]
pub fn greylisting_named(reply: &str) -> bool {
    NAMES.is_match(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_counts_and_the_hint_does_not() {
        for reply in [
            "450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted, see https://x.example",
            "451 GRAY-LISTING in effect",
            "451 Серый список: повторите попытку",
            "451 灰名单，请稍后再试",
        ] {
            assert!(greylisting_named(reply), "{reply}");
        }
        for reply in ["450 come back in 5 minutes", "550 a grey area", ""] {
            assert!(!greylisting_named(reply), "{reply}");
        }
    }
}
