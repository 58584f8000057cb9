use super::*;

fn candidate(refused: &[&str], delivered: &[&str]) -> Candidate {
    let owned = |users: &[&str]| users.iter().map(|user| (*user).to_owned()).collect();
    Candidate {
        sender_domain: "sender.example".into(),
        receiver_domain: "bank.example".into(),
        sender_mails: (refused.len() + delivered.len()) as u64,
        mails: (refused.len() + delivered.len()) as u64,
        refused_users: owned(refused),
        delivered_users: owned(delivered),
    }
}

fn guesses(refused: &[&str], delivered: &[&str]) -> Option<Guessing> {
    judge(&candidate(refused, delivered), &Settings::default())
}

#[test]
fn variants_of_few_names_are_guesses() {
    let refused = [
        "j.smith",
        "jsmith88",
        "smith-j",
        "johnsmith",
        "john_s",
        "m.okafor",
        "okafor.mary",
        "maryo",
        "ma-okafor",
    ];
    let guessing = guesses(&refused, &["Smith.John", "sales"]).unwrap();
    assert_eq!((guessing.people, guessing.usernames), (2, 10));
    assert_eq!(guessing.hits, ["smith.john"]);
    assert!((guessing.variants - 4.5).abs() < 1e-9);
}

#[test]
fn chinese_and_double_names_have_variants_too() {
    let refused = [
        "zhang.xiaoming",
        "xmzhang",
        "zhangxm",
        "xiaoming-zhang",
        "zhang_x",
        "jeanmarie.dupont",
        "jm.dupont",
        "jean-marie.dupont",
        "dupontj",
        "li.wei",
        "weil",
        "lwei01",
    ];
    let guessing = guesses(&refused, &[]).unwrap();
    assert_eq!(guessing.people, 3);
}

#[test]
fn one_person_with_many_variants_is_enough() {
    let refused = [
        "hans.gruber",
        "hgruber",
        "gruber.hans",
        "gruberh",
        "hans_gruber_work",
    ];
    assert_eq!(guesses(&refused, &[]).unwrap().people, 1);
}

#[test]
fn names_that_abbreviate_each_other_are_one_person_s() {
    let refused = ["daniel.g", "d_garcia", "rosa.k", "r-kim"];
    assert_eq!(guesses(&refused, &[]).unwrap().people, 2);
}

#[test]
fn dead_addresses_of_many_people_are_no_guesses() {
    let newsletter = [
        "anna.baker",
        "bruno.costa",
        "carla.evans",
        "daniel.huang",
        "elena.young",
        "farid.gupta",
        "greta.olsen",
        "hiro.sato",
        "anna.brown",
        "peter.baker",
        "john.clark",
        "mary.jones",
    ];
    assert_eq!(guesses(&newsletter, &[]), None);
    let joined = [
        "zhangwei", "zhangli", "wangfang", "liuyang", "chenjie", "zhaolei", "wuhao", "zhouxin",
        "sunqiang", "mali", "huangmin", "guotao",
    ];
    assert_eq!(guesses(&joined, &[]), None);
    let initials = [
        "abaker", "bcosta", "cevans", "dhuang", "eyoung", "fgupta", "golsen", "hsato", "abrown",
    ];
    assert_eq!(guesses(&initials, &[]), None);
}

#[test]
fn numbers_are_no_names() {
    let ids: Vec<String> = (0..50).map(|n| format!("s20{n:06}")).collect();
    let short: Vec<String> = (0..50).map(|n| format!("emp{n:03}")).collect();
    for users in [ids, short] {
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        assert_eq!(guesses(&users, &[]), None);
    }
    assert_eq!(
        guesses(&["lily88", "lily99", "lily2001", "lily1", "lily7"], &[]),
        None
    );
}

#[test]
fn roles_are_no_guesses() {
    let roles = [
        "info",
        "sales",
        "support",
        "office",
        "contact",
        "admin",
        "webmaster",
        "hr",
        "jobs",
        "marketing",
        "service",
        "billing",
    ];
    assert_eq!(guesses(&roles, &[]), None);
}

#[test]
fn typing_errors_are_no_guesses() {
    let errors = [
        "jon.smith",
        "johnsmith",
        "john.smit",
        "john.smtih",
        "john-smith",
        "jjohn.smith",
    ];
    assert_eq!(guesses(&errors, &["john.smith"]), None);
    assert_eq!(
        guesses(&["jon.smith", "john.smiht", "johhn.smith"], &[]),
        None
    );
    assert_eq!(
        guesses(&["johnsmith", "john-smith", "john.smit", "john.smi"], &[]),
        None
    );
    // The same error again and again.
    let mut again = candidate(&["jon.smith"; 400], &[]);
    again.sender_mails = 400;
    assert_eq!(judge(&again, &Settings::default()), None);
}

#[test]
fn a_domain_among_many_is_no_target() {
    let refused = ["j.smith", "jsmith", "smith-j", "johnsmith", "smith.john"];
    let mut spammer = candidate(&refused, &[]);
    assert!(judge(&spammer, &Settings::default()).is_some());
    spammer.sender_mails = 1_000;
    assert_eq!(judge(&spammer, &Settings::default()), None);
    let colleagues = ["a.kim", "b.lee", "c.wong", "d.ray", "e.fox", "f.may"];
    assert_eq!(guesses(&refused, &colleagues), None);
}

#[test]
fn less_is_asked_of_who_does_nothing_else() {
    let refused = ["j.smith", "smith-john", "kim.rosa"];
    assert!(guesses(&refused, &[]).is_some());
    assert_eq!(guesses(&refused[1..], &[]), None);
    let mut busy = candidate(&refused, &[]);
    busy.sender_mails = 5;
    assert_eq!(judge(&busy, &Settings::default()), None);
}

#[test]
fn order_changes_nothing() {
    let mut refused = vec![
        "j.smith", "jsmith", "smith-j", "kim.r", "rkim", "rosa.k", "fox",
    ];
    let one = guesses(&refused, &["johnsmith", "rosakim"]);
    assert!(one.is_some());
    refused.reverse();
    assert_eq!(guesses(&refused, &["rosakim", "johnsmith"]), one);
}

#[test]
fn any_user_name_can_be_read() {
    for user in [
        "", "+", "...", "é", "éé.ü", "李雷", "a+b", "1234", "x1y", "work", "-work-",
    ] {
        let form = Form::read(user, &Settings::default().decorations);
        assert!(
            form.splits
                .iter()
                .all(|(a, b)| !a.is_empty() && !b.is_empty())
        );
        assert!(slips(user).count() == user.chars().count() + 1);
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let default = Settings::default;
    assert!(default().validate().is_ok());
    let wrong = [
        Settings {
            minimum_refused_users: 1,
            ..default()
        },
        Settings {
            minimum_refused_share: 1.5,
            ..default()
        },
        Settings {
            minimum_focus: f64::NAN,
            ..default()
        },
        Settings {
            minimum_variants: 0.5,
            ..default()
        },
    ];
    assert!(wrong.iter().all(|settings| settings.validate().is_err()));
}
