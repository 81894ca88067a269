//! `samvad calendar`: what election law has in force by the office's calendar, and the hashes by which texts
//! are certified.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::broadcast::Said;
use super::{CalendarCommand, OriginArgs};
use crate::calendar::{Calendar, TextHash};
use crate::clock::Clock;
use crate::locale::india_zoned;

pub(super) fn run(origins: &OriginArgs, command: &CalendarCommand) -> anyhow::Result<()> {
    let config = origins.read_without_secrets()?;
    let calendar = &config.rules.calendar;
    match command {
        CalendarCommand::Show => {
            println!("{}:", config.calendar.display());
            if !config.calendar.exists() {
                println!(
                    "  there is no such file. A server that had read one keeps that in force until the file is there again, empty where the election is over."
                );
                return Ok(());
            }
            print!("{}", told(calendar, Clock::System.now()));
        }
        CalendarCommand::Texts => {
            let now = Clock::System.now();
            for Said { name, text, hash, certificate } in super::broadcast::texts(origins)? {
                let number = match certificate {
                    Some(number) if calendar.covers(&number, &[hash], now) => number,
                    Some(number) => format!("certificate {number} does not cover it"),
                    None => "its file names no certificate".to_owned(),
                };
                println!("{}  {name}  ({number})", hex(&hash));
                for line in text.split('\n') {
                    println!("    {line}");
                }
            }
        }
    }
    Ok(())
}

fn told(calendar: &Calendar, now: Timestamp) -> String {
    let moment = |at: Timestamp| india_zoned(at).strftime("%d-%m-%Y %H:%M").to_string();
    let mut out = String::new();
    // Writing into a string cannot fail.
    for phase in calendar.phases() {
        let silence = phase.silence();
        let state = if silence.holds(now) { "  NOW" } else { "" };
        let (from, until) = (moment(silence.from), moment(silence.until));
        let _ = writeln!(out, "  silence {from} to {until}: {}{state}", phase.name);
    }
    for span in calendar.conduct() {
        let state = if span.holds(now) { "  NOW" } else { "" };
        let (from, until) = (moment(span.from), moment(span.until));
        let _ = writeln!(out, "  code of conduct {from} to {until}{state}");
    }
    if let Some(until) = calendar.exit_poll_lock(now) {
        let _ = writeln!(out, "  nobody is asked for an opinion until {}", moment(until));
    }
    for certificate in calendar.certificates() {
        let _ = writeln!(out, "  certificate {}, {}", certificate.number, certificate.committee);
    }
    if out.is_empty() {
        out.push_str("  no election: nothing is forbidden\n");
    }
    out
}

fn hex(hash: &TextHash) -> String {
    let mut digits = String::with_capacity(hash.len() * 2);
    for byte in hash {
        // Writing into a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_is_told_with_what_is_in_force_now() {
        let text = "[[phases]]\nname = \"पहला\"\npoll = \"2027-02-10\"\nclose = \"18:00\"\nassemblies = [1]\n\
                    [[conduct]]\nfrom = \"2027-01-08\"\nto = \"2027-03-12\"\n";
        let calendar = Calendar::read(text).unwrap();
        let now = "2027-02-10T12:00:00+05:30".parse().unwrap();
        insta::assert_snapshot!(told(&calendar, now), @r"
          silence 08-02-2027 18:00 to 10-02-2027 18:00: पहला  NOW
          code of conduct 08-01-2027 00:00 to 13-03-2027 00:00  NOW
          nobody is asked for an opinion until 10-02-2027 18:30
        ");
        assert_eq!(told(&Calendar::default(), now), "  no election: nothing is forbidden\n");
    }
}
