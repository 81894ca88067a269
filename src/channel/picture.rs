//! Pictures are drawn beside the tasks that answer people, never among them.

use crate::membership::card::draw;
use crate::message::Picture;

/// The type of the file that [`drawn`] gives.
pub const PICTURE_TYPE: &str = "image/png";

/// Draws the picture on a thread of its own; `None` when it cannot be drawn.
pub async fn drawn(picture: &Picture) -> Option<Vec<u8>> {
    let picture = picture.clone();
    match tokio::task::spawn_blocking(move || draw(&picture)).await {
        Ok(Ok(png)) => Some(png),
        Ok(Err(error)) => {
            tracing::error!(%error, "a picture could not be drawn");
            None
        }
        Err(_) => {
            tracing::error!("the drawing of a picture panicked");
            None
        }
    }
}
