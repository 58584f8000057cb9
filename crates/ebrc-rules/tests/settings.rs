//! Settings as a configuration file writes them.

use ebrc_rules::{episodes, guessing};

#[test]
fn what_is_left_out_has_its_default() {
    let episodes: episodes::Settings = toml::from_str("until = \"last-failure\"").unwrap();
    assert_eq!(episodes.until, episodes::Until::LastFailure);
    assert_eq!(episodes.minimum_failures, 1);
    let guessing: guessing::Settings = toml::from_str("minimum_focus = 0.5").unwrap();
    assert_eq!(guessing.minimum_refused_share, 0.5);
    assert!(guessing.decorations.contains("work"));
}

#[test]
fn settings_survive_a_file() {
    let episodes = episodes::Settings {
        longest_gap: Some(86_400),
        ..episodes::Settings::default()
    };
    let text = toml::to_string(&episodes).unwrap();
    assert_eq!(
        toml::from_str::<episodes::Settings>(&text).unwrap(),
        episodes
    );
    let guessing = guessing::Settings::default();
    let text = toml::to_string(&guessing).unwrap();
    assert_eq!(
        toml::from_str::<guessing::Settings>(&text).unwrap(),
        guessing
    );
}

#[test]
fn unknown_settings_are_refused() {
    assert!(toml::from_str::<episodes::Settings>("gap = 1").is_err());
    assert!(toml::from_str::<guessing::Settings>("focus = 1").is_err());
}
