//! Memory of a process, as Linux tells it.

/// The most it ever had, in megabytes; of this process by the name `self`. 0: it is gone, or this is no Linux.
pub(crate) fn peak_megabytes(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
