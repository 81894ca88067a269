use super::super::fixture;
use super::*;

#[test]
fn mermaid_shows_questions_choices_flows_and_ends() {
    let drawn = graph(&fixture::flows(), "join", Language::Hi, GraphFormat::Mermaid).unwrap();
    insta::assert_snapshot!(drawn);
}

#[test]
fn the_flows_among_themselves() {
    insta::assert_snapshot!(graph_of_flows(&fixture::flows(), Language::En, GraphFormat::Mermaid));
}

#[test]
fn the_svg_of_a_small_flow() {
    let drawn = graph(&fixture::flows(), "extra", Language::Hi, GraphFormat::Svg).unwrap();
    insta::assert_snapshot!(drawn);
}

#[test]
fn every_picture_is_well_formed_and_no_box_lies_on_another() {
    let sources = crate::serve::read_sources(None, None).unwrap();
    let flows = fixture::loaded(&sources);
    for flow in flows.all() {
        for language in Language::ALL {
            let svg = graph(&flows, &flow.name, language, GraphFormat::Svg).unwrap();
            let boxes = boxes(&svg);
            assert!(boxes.len() >= flow.steps.len());
            for (index, one) in boxes.iter().enumerate() {
                for other in boxes.iter().skip(index + 1) {
                    let apart = one.0 + one.2 <= other.0 + 0.2
                        || other.0 + other.2 <= one.0 + 0.2
                        || one.1 + one.3 <= other.1 + 0.2
                        || other.1 + other.3 <= one.1 + 0.2;
                    assert!(apart, "{} {language:?}: {one:?} {other:?}", flow.name);
                }
            }
            let opened = svg.matches("<text").count();
            assert_eq!(opened, svg.matches("</text>").count());
        }
    }
}

/// x, y, width and height of every box and label.
fn boxes(svg: &str) -> Vec<(f64, f64, f64, f64)> {
    let number = |part: &str, name: &str| -> f64 {
        let (_, rest) = part.split_once(&format!(" {name}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    svg.split("<rect class=\"")
        .skip(1)
        .map(|part| {
            (number(part, "x"), number(part, "y"), number(part, "width"), number(part, "height"))
        })
        .collect()
}

#[test]
fn a_flow_of_five_hundred_steps_is_drawn() {
    let steps: Vec<String> = (0..500)
        .map(|number| {
            let to = if number % 50 == 0 { number * 7 % 500 } else { (number + 3).min(499) };
            format!("  s{number}: {{ask: people, answer: yes_no, when: {{no: s{to}}}}}\n")
        })
        .collect();
    let mut text = format!("flow: extra\nsteps:\n{}", steps.concat());
    text.push_str("  photo: {ask: photo, answer: photo}\n  thanks: {say: thanks, end: true}\n");
    let mut flows = fixture::sources_with("flows/extra.yaml", &text);
    flows.files.retain(|file| !file.path.ends_with("join.yaml"));
    // Only the drawing counts here: the greeting leads to join no more.
    for file in &mut flows.files {
        if file.path.ends_with("greeting.yaml") {
            file.text = file.text.replace("{flow: join}", "info");
        }
    }
    let flows = fixture::loaded(&flows);
    let svg = graph(&flows, "extra", Language::En, GraphFormat::Svg).unwrap();
    assert!(svg.contains(">s499<"));
}

#[test]
fn steps_that_take_time_are_drawn_with_their_ways() {
    let text = "\
flow: extra
start: {words: [extra]}
steps:
  people: {ask: people, answer: {number: {from: 1, to: 5000}}}
  rest: {wait: 90m, reply: look}
  look:
    fetch: https://api.example.org/halls/{people}
    when: {ok: photo, not_found: again}
  person: {handoff: thanks, goto: thanks}
  photo: {ask: photo, answer: photo, optional: true, goto: thanks}
  again: {goto: people, at_most: 1, else: thanks}
  thanks: {say: thanks, end: done}
";
    let flows = fixture::loaded(&fixture::sources_with("flows/extra.yaml", text));
    insta::assert_snapshot!(graph(&flows, "extra", Language::En, GraphFormat::Mermaid).unwrap());
}
