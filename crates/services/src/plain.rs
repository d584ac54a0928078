//! Text of strangers, such as what a machine prints: what would steer a terminal or turn the direction of a line is taken
//! out before anybody is handed it, in a page, in an answer or in a file.
use model::text::steers;

/// The text without escape sequences (ECMA-48, in seven bits and in eight), with one kind of line end. Any other control
/// character, and each that turns the direction of what follows, becomes U+FFFD.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => match rest.next_if(|next| ('\u{20}'..='\u{7e}').contains(next)) {
                Some('[') => skip_control(&mut rest),
                Some(']' | 'P' | 'X' | '^' | '_') => skip_string(&mut rest),
                // Intermediate characters, then a final one.
                Some('\u{20}'..='\u{2f}') => {
                    while rest.next_if(|next| ('\u{20}'..='\u{2f}').contains(next)).is_some() {}
                    rest.next_if(|next| ('\u{30}'..='\u{7e}').contains(next));
                }
                _ => {}
            },
            '\u{9b}' => skip_control(&mut rest),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => skip_string(&mut rest),
            '\r' => {
                rest.next_if_eq(&'\n');
                out.push('\n');
            }
            '\n' | '\t' => out.push(c),
            c if steers(c) => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Parameters and intermediate characters, then a final one. What does not belong to it stays.
fn skip_control(rest: &mut Rest<'_>) {
    while rest.next_if(|next| ('\u{20}'..='\u{3f}').contains(next)).is_some() {}
    rest.next_if(|next| ('\u{40}'..='\u{7e}').contains(next));
}

/// Up to its end mark; the end of a line ends it too, so that one without a mark hides no more than its own line.
fn skip_string(rest: &mut Rest<'_>) {
    while let Some(next) = rest.next_if(|next| !matches!(next, '\n' | '\r')) {
        match next {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                rest.next_if_eq(&'\\');
                return;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{plain, steers};

    #[test]
    fn what_steers_a_terminal_is_taken_out_of_a_log_and_its_words_stay() {
        assert_eq!(plain("\u{1b}[1;31mred\u{1b}[0m\r\nnext\tone"), "red\nnext\tone");
        assert_eq!(plain("\u{9b}2Jkept \u{1b}(Bkept"), "kept kept");
        assert_eq!(plain("\u{1b}]0;title\u{7}a\u{9d}8;;http://evil\u{9c}b\u{1b}]52;c;eA==\u{1b}\\c"), "abc");
        assert_eq!(plain("10 %\r20 %"), "10 %\n20 %");
    }

    #[test]
    fn a_sequence_without_an_end_hides_no_more_than_its_line() {
        assert_eq!(plain("a\u{1b}]0;never ended\nlogin:"), "a\nlogin:");
        assert_eq!(plain("a\u{1b}[31\nlogin:"), "a\nlogin:");
        assert_eq!(plain("a\u{1b}"), "a");
    }

    #[test]
    fn no_control_character_and_none_that_turns_a_line_is_left() {
        let hostile: String = (0..0x3000).filter_map(char::from_u32).flat_map(|c| [c, 'x', '\n']).collect();
        let left = plain(&hostile);
        assert!(!left.chars().any(|c| steers(c) && !matches!(c, '\n' | '\t')));
        assert_eq!(plain("a\u{202e}b\u{8}c\u{85}d"), "a\u{fffd}b\u{fffd}c\u{fffd}d");
    }
}
