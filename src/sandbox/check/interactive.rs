//! Buttons, lists and the requests one answers by a tap.

use super::media;
use super::params::{Length, Params, check_link};
use super::{Checked, GraphError, Offered, Payload};

/// 1,024 is what the API description says; the pages allow 4,096 on lists. The smaller holds.
const BODY: Length = Length::up_to(1024);
const BUTTONS: usize = 3;
const ROWS: usize = 10;

pub(super) fn check(params: &Params<'_>) -> Checked<Payload> {
    let keys = ["type", "header", "body", "footer", "action"];
    let interactive = params.object("interactive", &keys)?;
    let allowed =
        ["button", "list", "cta_url", "flow", "location_request_message", "contact_request"];
    let kind = interactive.one_of("type", &allowed)?;
    let body = interactive.object("body", &["text"])?.text("text", BODY)?;
    if body.trim().is_empty() {
        return Err(GraphError::of(131_009, "Param interactive['body']['text'] is blank."));
    }
    match kind {
        "location_request_message" | "contact_request" => {
            for key in ["header", "footer"] {
                if interactive.get(key).is_some() {
                    return Err(GraphError::of(
                        100,
                        format!("Unexpected key \"{key}\" on param \"interactive\"."),
                    ));
                }
            }
        }
        _ => {
            check_header(&interactive, kind)?;
            if let Some(footer) = interactive.optional_object("footer", &["text"])? {
                footer.text("text", Length::up_to(60))?;
            }
        }
    }
    let mut payload = Payload { text: body.to_owned(), ..Payload::default() };
    match kind {
        "button" => payload.offered = check_buttons(&interactive)?,
        "list" => {
            payload.offered = check_list(&interactive)?;
            payload.listed = true;
        }
        "cta_url" => check_cta(&interactive)?,
        "flow" => check_flow(&interactive)?,
        "location_request_message" => check_named(&interactive, "send_location")?,
        _ => check_named(&interactive, "request_contact_info")?,
    }
    Ok(payload)
}

fn check_header(interactive: &Params<'_>, kind: &str) -> Checked<()> {
    let keys = ["type", "text", "image", "video", "document"];
    let Some(header) = interactive.optional_object("header", &keys)? else { return Ok(()) };
    let allowed: &[&str] =
        if kind == "list" { &["text"] } else { &["text", "image", "video", "document"] };
    let header_kind = header.one_of("type", allowed)?;
    for key in ["text", "image", "video", "document"] {
        if key != header_kind && header.get(key).is_some() {
            return Err(GraphError::of(
                100,
                format!("Unexpected key \"{key}\" on a header of type {header_kind}."),
            ));
        }
    }
    if header_kind == "text" {
        header.text("text", Length::up_to(60))?;
    } else {
        media::check_source(&header, header_kind, false)?;
    }
    Ok(())
}

fn check_buttons(interactive: &Params<'_>) -> Checked<Vec<Offered>> {
    let action = interactive.object("action", &["buttons"])?;
    let mut offered: Vec<Offered> = Vec::new();
    for (place, value) in action.list("buttons", BUTTONS)? {
        let button = Params::of(&place, value, &["type", "reply"])?;
        button.one_of("type", &["reply"])?;
        let reply = button.object("reply", &["id", "title"])?;
        let id = check_id(&reply, 256)?;
        let title = reply.text("title", Length::up_to(20))?;
        if title.trim().is_empty() {
            return Err(GraphError::of(131_009, format!("{place}: button title is blank")));
        }
        if offered.iter().any(|other| other.id == id) {
            return Err(GraphError::of(131_009, format!("{place}: duplicate button id")));
        }
        if offered.iter().any(|other| other.title == title) {
            return Err(GraphError::of(131_009, format!("{place}: duplicate button title")));
        }
        offered.push(Offered { id: id.to_owned(), title: title.to_owned() });
    }
    Ok(offered)
}

fn check_list(interactive: &Params<'_>) -> Checked<Vec<Offered>> {
    let action = interactive.object("action", &["button", "sections"])?;
    action.text("button", Length::up_to(20))?;
    let sections = action.list("sections", 10)?;
    let titles_required = sections.len() > 1;
    let mut offered: Vec<Offered> = Vec::new();
    for (section_place, value) in sections {
        let section = Params::of(&section_place, value, &["title", "rows"])?;
        // With one section Meta takes a missing title, and an empty one.
        let length = Length::up_to(24);
        if titles_required {
            section.text("title", length)?;
        } else {
            section.optional_text("title", length.or_empty())?;
        }
        for (place, value) in section.list("rows", ROWS)? {
            let row = Params::of(&place, value, &["id", "title", "description"])?;
            let id = check_id(&row, 200)?;
            let title = row.text("title", Length::up_to(24))?;
            row.optional_text("description", Length::up_to(72))?;
            if title.trim().is_empty() {
                return Err(GraphError::of(131_009, format!("{place}: row title is blank")));
            }
            if offered.iter().any(|other| other.id == id) {
                return Err(GraphError::of(131_009, format!("{place}: duplicate row id")));
            }
            offered.push(Offered { id: id.to_owned(), title: title.to_owned() });
        }
    }
    if offered.len() > ROWS {
        return Err(GraphError::of(
            131_009,
            format!("Total row count exceeds max allowed count: {ROWS}"),
        ));
    }
    Ok(offered)
}

fn check_id<'a>(params: &Params<'a>, max: usize) -> Checked<&'a str> {
    let id = params.text("id", Length::up_to(max))?;
    if id.trim() != id {
        return Err(GraphError::of(
            131_009,
            format!("Param {} must not begin or end with a space.", params.at("id")),
        ));
    }
    Ok(id)
}

fn check_cta(interactive: &Params<'_>) -> Checked<()> {
    let action = interactive.object("action", &["name", "parameters"])?;
    action.one_of("name", &["cta_url"])?;
    let parameters = action.object("parameters", &["display_text", "url"])?;
    parameters.text("display_text", Length::up_to(20))?;
    let url = parameters.text("url", Length::up_to(2000))?;
    check_link(&parameters.at("url"), url)
}

fn check_flow(interactive: &Params<'_>) -> Checked<()> {
    let action = interactive.object("action", &["name", "parameters"])?;
    action.one_of("name", &["flow"])?;
    let keys = [
        "flow_message_version",
        "flow_id",
        "flow_name",
        "flow_cta",
        "flow_token",
        "mode",
        "flow_action",
        "flow_action_payload",
    ];
    let parameters = action.object("parameters", &keys)?;
    parameters.one_of("flow_message_version", &["3"])?;
    let id = parameters.optional_text("flow_id", Length::up_to(128))?;
    let name = parameters.optional_text("flow_name", Length::up_to(512))?;
    if id.is_some() == name.is_some() {
        return Err(GraphError::of(131_009, "Exactly one of flow_id and flow_name is required."));
    }
    parameters.text("flow_cta", Length::up_to(30))?;
    parameters.optional_text("flow_token", Length::up_to(1024))?;
    if parameters.get("mode").is_some() {
        parameters.one_of("mode", &["draft", "published"])?;
    }
    if parameters.get("flow_action").is_some() {
        parameters.one_of("flow_action", &["navigate", "data_exchange"])?;
    }
    if let Some(payload) = parameters.optional_object("flow_action_payload", &["screen", "data"])? {
        payload.text("screen", Length::up_to(512))?;
        if let Some(data) = payload.get("data")
            && data.as_object().is_none_or(serde_json::Map::is_empty)
        {
            return Err(GraphError::of(131_009, "Param data must be an object with members."));
        }
    }
    Ok(())
}

fn check_named(interactive: &Params<'_>, name: &str) -> Checked<()> {
    let action = interactive.object("action", &["name"])?;
    action.one_of("name", &[name]).map(|_| ())
}
