//! Broadcasts: the state office speaks. Its issue is still to come.
