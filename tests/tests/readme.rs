//! What the front page says, against what there is.

const README: &str = include_str!("../../README.md");
const WORDS: &str = include_str!("../../pin-ffi-macros/src/words.rs");
const CHECK: &str = include_str!("../../pin-ffi/src/check.rs");
const LAYOUT: &str = include_str!("../../pin-ffi/src/layout.rs");

/// What stands between `start` and `end`, each time that `text` has both.
fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(move |rest| rest.split_once(end).map(|(inside, _)| inside))
}

/// The quoted names of the list that `start` opens.
fn list<'a>(text: &'a str, start: &'a str) -> Vec<&'a str> {
    let list = between(text, start, "];").next().expect("words.rs has the list");
    list.split('"').skip(1).step_by(2).collect()
}

#[test]
fn it_has_every_word_of_the_macros() {
    let words: Vec<_> = between(WORDS, "(\"", "\", Form::").collect();
    assert!(words.len() > 30, "the tables in words.rs are written in another way now: {words:?}");
    let code = README.replace("```", "");
    let said: Vec<_> = code.split('`').skip(1).step_by(2).filter_map(|code| code.split([' ', '=']).next()).collect();
    let missing: Vec<_> = words.iter().filter(|word| !said.contains(word)).collect();
    assert!(missing.is_empty(), "words that README.md does not name: {missing:?}");
}

#[test]
fn it_has_every_way_to_fail() {
    for way in list(WORDS, "const ERR: &[&str] =") {
        assert!(README.contains(&format!("`err = {way}`")) || README.contains(&format!("`{way}`")), "`err = {way}`");
    }
}

#[test]
fn it_has_every_struct_whose_words_are_checked() {
    let known = list(WORDS, "const KNOWN: &[&str] =");
    for name in &known {
        assert!(README.contains(&format!("`{name}`")), "`{name}` is checked, and README.md does not say so");
        assert!(LAYOUT.contains(&format!("libc::{name}:")), "words.rs has `{name}`, and layout.rs does not");
    }
    let (checked, walked) =
        LAYOUT.split_once("@walk_only\n    #").expect("layout.rs has a list of structs that are only walked");
    let laid_out = checked.lines().filter(|line| line.trim_start().starts_with("libc::")).count();
    assert_eq!(laid_out, known.len(), "layout.rs has a struct that words.rs does not");
    let walked = walked.lines().filter_map(|line| line.trim_start().strip_prefix("libc::")?.split_once(':'));
    for name in known.into_iter().chain(walked.map(|(name, _)| name)) {
        assert!(CHECK.contains(&format!("`{name}`")), "`{name}` can be walked, and the module `check` does not say so");
    }
}
