//! The ends of host names.

use std::sync::LazyLock;

use hashbrown::HashSet;

/// The country codes, the generic domains in wide use, and those of private
/// networks and of documentation. Sorted.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "ac", "academy", "accountant", "ad", "ae", "aero", "af", "africa", "ag", "agency", "ai", "al",
    "am", "ao", "app", "aq", "ar", "arpa", "art", "as", "asia", "at", "au", "auto", "aw", "ax",
    "az", "ba", "band", "bank", "bar", "bb", "bd", "be", "berlin", "best", "bf", "bg", "bh", "bi",
    "bid", "bio", "biz", "bj", "black", "blog", "blue", "bm", "bn", "bo", "boutique", "br", "bs",
    "bt", "business", "buzz", "bw", "by", "bz", "ca", "cafe", "cam", "camp", "capital", "care",
    "cars", "casa", "cash", "cat", "cc", "cd", "center", "cf", "cg", "ch", "charity", "chat",
    "church", "ci", "city", "ck", "cl", "cleaning", "click", "clinic", "cloud", "club", "cm",
    "cn", "co", "coach", "codes", "coffee", "college", "com", "community", "company", "computer",
    "consulting", "contact", "cool", "coop", "corp", "country", "cr", "credit", "cu", "cv", "cw",
    "cx", "cy", "cyou", "cz", "date", "dating", "de", "deals", "delivery", "dental", "design",
    "dev", "diet", "digital", "direct", "directory", "dj", "dk", "dm", "do", "doctor", "dog",
    "domain", "download", "dz", "earth", "ec", "edu", "education", "ee", "eg", "email", "energy",
    "engineer", "engineering", "enterprises", "equipment", "er", "es", "estate", "et", "eu",
    "events", "example", "exchange", "expert", "express", "family", "fans", "farm", "fashion",
    "fi", "finance", "financial", "fish", "fit", "fitness", "fj", "fk", "flights", "florist",
    "fm", "fo", "foundation", "fr", "fun", "fund", "furniture", "fyi", "ga", "gallery", "game",
    "games", "garden", "gd", "ge", "gf", "gg", "gh", "gi", "gift", "gifts", "gives", "gl",
    "global", "gm", "gmbh", "gn", "gold", "golf", "gov", "gp", "gq", "gr", "graphics", "gratis",
    "green", "group", "gs", "gt", "gu", "guide", "guru", "gw", "gy", "hamburg", "haus", "health",
    "healthcare", "help", "hiphop", "hk", "hm", "hn", "hockey", "holdings", "holiday", "home",
    "hospital", "host", "hosting", "house", "how", "hr", "ht", "hu", "icu", "id", "ie", "il",
    "im", "immo", "in", "inc", "industries", "info", "ink", "institute", "insure", "int",
    "intern", "internal", "international", "invalid", "investments", "io", "iq", "ir", "irish",
    "is", "istanbul", "it", "je", "jetzt", "jewelry", "jm", "jo", "jobs", "jp", "kaufen", "ke",
    "kg", "kh", "ki", "kitchen", "km", "kn", "koeln", "kp", "kr", "kw", "ky", "kz", "la", "lan",
    "land", "law", "lawyer", "lb", "lc", "lease", "legal", "li", "life", "lighting", "limited",
    "limo", "link", "live", "lk", "llc", "loan", "loans", "local", "localdomain", "localhost",
    "lol", "london", "love", "lr", "ls", "lt", "ltd", "ltda", "lu", "luxury", "lv", "ly", "ma",
    "maison", "management", "market", "marketing", "mba", "mc", "md", "me", "media", "memorial",
    "men", "mg", "mh", "miami", "mil", "mk", "ml", "mm", "mn", "mo", "mobi", "money", "monster",
    "moscow", "motorcycles", "movie", "mp", "mq", "mr", "ms", "mt", "mu", "museum", "mv", "mw",
    "mx", "my", "mz", "na", "name", "nc", "ne", "net", "network", "news", "nf", "ng", "ngo", "ni",
    "ninja", "nl", "no", "np", "nr", "nu", "nyc", "nz", "om", "one", "ong", "onion", "online",
    "ooo", "org", "organic", "pa", "page", "paris", "partners", "parts", "party", "pe", "pet",
    "pf", "pg", "ph", "photo", "photography", "photos", "pics", "pictures", "pizza", "pk", "pl",
    "place", "plumbing", "plus", "pm", "pn", "poker", "post", "pr", "press", "pro", "productions",
    "properties", "property", "ps", "pt", "pub", "pw", "py", "qa", "quest", "racing", "re",
    "realty", "recipes", "red", "rehab", "reisen", "rent", "rentals", "repair", "report", "rest",
    "restaurant", "review", "reviews", "rip", "ro", "rocks", "rs", "ru", "run", "rw", "sa",
    "sale", "salon", "sb", "sbs", "sc", "school", "science", "sd", "se", "security", "services",
    "sex", "sg", "sh", "shiksha", "shoes", "shop", "shopping", "show", "si", "singles", "site",
    "sk", "ski", "skin", "sl", "sm", "sn", "so", "social", "software", "solar", "solutions",
    "space", "sport", "sr", "ss", "st", "store", "stream", "studio", "study", "style", "su",
    "supplies", "supply", "support", "surf", "surgery", "sv", "swiss", "sx", "sy", "systems",
    "sz", "tax", "taxi", "tc", "td", "team", "tech", "technology", "tel", "tennis", "test", "tf",
    "tg", "th", "theater", "tips", "tires", "tirol", "tj", "tk", "tl", "tm", "tn", "to", "today",
    "tokyo", "tools", "top", "tours", "town", "toys", "tr", "trade", "training", "travel", "tt",
    "tube", "tv", "tw", "tz", "ua", "ug", "uk", "university", "uno", "us", "uy", "uz", "va",
    "vacations", "vc", "ve", "vegas", "ventures", "vet", "vg", "vi", "video", "villas", "vin",
    "vip", "vision", "vn", "vodka", "vote", "voyage", "vu", "wales", "wang", "watch", "webcam",
    "website", "wedding", "wf", "wien", "wiki", "win", "wine", "work", "works", "world", "ws",
    "wtf", "xxx", "xyz", "yachts", "ye", "yoga", "yokohama", "yt", "za", "zm", "zone", "zw",
];

/// Every word with a dot is looked up: it is not searched for.
static SET: LazyLock<HashSet<&[u8]>> =
    LazyLock::new(|| NAMES.iter().map(|name| name.as_bytes()).collect());

/// The longest of them.
const LONGEST: usize = 13;

/// Whether a label, in any case, ends host names; also an internationalised
/// one (`xn--…`).
pub(super) fn is_top_level_domain(label: &[u8]) -> bool {
    if !(2..=LONGEST).contains(&label.len()) {
        return is_internationalised(label);
    }
    let mut lower = [0; LONGEST];
    for (lower, byte) in lower.iter_mut().zip(label) {
        *lower = byte.to_ascii_lowercase();
    }
    let lower = &lower[..label.len()];
    SET.contains(lower) || is_internationalised(label)
}

fn is_internationalised(label: &[u8]) -> bool {
    (5..=63).contains(&label.len()) && label[..4].eq_ignore_ascii_case(b"xn--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted_and_none_is_longer_than_the_longest() {
        assert!(NAMES.is_sorted());
        assert_eq!(NAMES.iter().map(|name| name.len()).max(), Some(LONGEST));
    }

    #[test]
    fn labels_are_known_in_any_case() {
        for label in ["com", "COM", "xn--p1ai", "international", "cn"] {
            assert!(is_top_level_domain(label.as_bytes()), "{label}");
        }
        for label in ["", "c", "Please", "xn--", "internationally", "zip"] {
            assert!(!is_top_level_domain(label.as_bytes()), "{label}");
        }
    }
}
