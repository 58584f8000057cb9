//! How to reach a model hub, from the variables that its Python library reads.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ebrc_model::HubSettings;

/// The hub's settings. `variable` gives the value of an environment variable,
/// `home` is the user's folder.
pub(crate) fn hub_settings(
    variable: impl Fn(&str) -> Option<OsString>,
    home: &Path,
) -> HubSettings {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let word = |name: &str| set(name)?.into_string().ok();
    let folder = |name: &str| set(name).map(|folder| below_home(PathBuf::from(folder), home));
    let hub_home = folder("HF_HOME").unwrap_or_else(|| {
        folder("XDG_CACHE_HOME")
            .unwrap_or_else(|| home.join(".cache"))
            .join("huggingface")
    });
    let offline = word("HF_HUB_OFFLINE").or_else(|| word("TRANSFORMERS_OFFLINE"));
    let token = word("HF_TOKEN").or_else(|| word("HUGGING_FACE_HUB_TOKEN"));
    HubSettings {
        endpoint: word("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned()),
        cache_dir: folder("HF_HUB_CACHE")
            .or_else(|| folder("HUGGINGFACE_HUB_CACHE"))
            .unwrap_or_else(|| hub_home.join("hub")),
        token: token
            .map(|token| token.trim().to_owned())
            .filter(|token| !token.is_empty()),
        token_file: folder("HF_TOKEN_PATH").unwrap_or_else(|| hub_home.join("token")),
        offline: offline.is_some_and(|word| is_true(&word)),
    }
}

/// What Python's library takes for true.
fn is_true(word: &str) -> bool {
    ["1", "ON", "YES", "TRUE"].contains(&word.to_uppercase().as_str())
}

/// A folder that may begin with `~`, as a shell leaves it in quotes.
fn below_home(folder: PathBuf, home: &Path) -> PathBuf {
    match folder.strip_prefix("~") {
        Ok(rest) => home.join(rest),
        Err(_) => folder,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> HubSettings {
        let variable = |name: &str| {
            let mut all = variables.iter();
            let found = all.find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        hub_settings(variable, Path::new("/home/me"))
    }

    #[test]
    fn without_variables_all_is_as_python_has_it() {
        let found = settings(&[]);
        assert_eq!(found.endpoint, "https://huggingface.co");
        let home = Path::new("/home/me/.cache/huggingface");
        assert_eq!(found.cache_dir, home.join("hub"));
        assert_eq!(found.token_file, home.join("token"));
        assert_eq!((found.token, found.offline), (None, false));
        // Set to nothing is not set.
        let nothing = ["HF_ENDPOINT", "HF_HOME", "HF_HUB_CACHE", "HF_TOKEN"].map(|name| (name, ""));
        assert_eq!(settings(&nothing), settings(&[]));
    }

    #[test]
    fn offline_is_what_python_takes_for_true() {
        for word in ["1", "ON", "on", "YES", "Yes", "TRUE", "true"] {
            assert!(settings(&[("HF_HUB_OFFLINE", word)]).offline, "{word}");
            assert!(
                settings(&[("TRANSFORMERS_OFFLINE", word)]).offline,
                "{word}"
            );
        }
        for word in ["", "0", "OFF", "no", "false", "2", "y"] {
            assert!(!settings(&[("HF_HUB_OFFLINE", word)]).offline, "{word}");
        }
        let both = [("HF_HUB_OFFLINE", "0"), ("TRANSFORMERS_OFFLINE", "1")];
        assert!(!settings(&both).offline);
    }

    #[test]
    fn folders_are_those_of_python() {
        let found = settings(&[("XDG_CACHE_HOME", "/x")]);
        assert_eq!(found.cache_dir, Path::new("/x/huggingface/hub"));
        let found = settings(&[("XDG_CACHE_HOME", "/x"), ("HF_HOME", "~/models")]);
        assert_eq!(found.cache_dir, Path::new("/home/me/models/hub"));
        assert_eq!(found.token_file, Path::new("/home/me/models/token"));
        let found = settings(&[("HF_HOME", "/models"), ("HF_HUB_CACHE", "/cache")]);
        assert_eq!(found.cache_dir, Path::new("/cache"));
        assert_eq!(found.token_file, Path::new("/models/token"));
        let found = settings(&[("HF_TOKEN_PATH", "/secret")]);
        assert_eq!(found.token_file, Path::new("/secret"));
    }

    #[test]
    fn a_token_loses_its_line_end() {
        let found = settings(&[("HF_TOKEN", "hf_abc\r\n")]);
        assert_eq!(found.token.as_deref(), Some("hf_abc"));
        assert_eq!(settings(&[("HF_TOKEN", " \n")]).token, None);
        assert!(!format!("{found:?}").contains("hf_abc"));
    }
}
