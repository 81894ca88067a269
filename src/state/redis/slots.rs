//! The map of a cluster: which server is the master of which slots. No I/O.

use redis::Value;

use crate::config::Host;

/// A cluster has so many slots (Redis Cluster specification, "Key distribution model").
pub(super) const SLOTS: u16 = 16_384;

/// The slot of a key: CRC-16/XMODEM of the key, or of what stands between its first braces when
/// that is not nothing (Redis Cluster specification, "Hash tags").
pub(super) fn slot_of(key: &str) -> u16 {
    let tag = key
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'))
        .map(|(tag, _)| tag)
        .filter(|tag| !tag.is_empty());
    let mut crc = 0_u16;
    for byte in tag.unwrap_or(key).bytes() {
        crc ^= u16::from(byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
        }
    }
    crc % SLOTS
}

/// Who is the master of which slots, as one server of the cluster told it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map {
    /// Sorted, none over another.
    ranges: Vec<Range>,
    /// Each master once.
    hosts: Vec<Host>,
}

#[derive(Clone, Debug, PartialEq)]
struct Range {
    first: u16,
    last: u16,
    host: Host,
}

impl Map {
    /// Reads the answer to `CLUSTER SLOTS`: entries of first slot, last slot, the master, its
    /// replicas; a server is its name, its port and more. A server without a name is at the name
    /// `told_by` was reached under, one named `?` is not known. `None` when it is no such answer.
    pub(super) fn read(answer: &Value, told_by: &Host) -> Option<Map> {
        let Value::Array(entries) = answer else {
            return None;
        };
        let mut ranges = Vec::with_capacity(entries.len());
        for entry in entries {
            let Value::Array(parts) = entry else {
                return None;
            };
            let [first, last, Value::Array(master), ..] = parts.as_slice() else {
                return None;
            };
            let [name, port, ..] = master.as_slice() else {
                return None;
            };
            let name = match name {
                Value::Nil => told_by.name.clone(),
                name => match text(name)? {
                    "" => told_by.name.clone(),
                    "?" => continue,
                    name => name.to_owned(),
                },
            };
            let host = Host { name, port: number(port)? };
            ranges.push(Range { first: number(first)?, last: number(last)?, host });
        }
        ranges.sort_by_key(|range| range.first);
        let mut hosts: Vec<Host> = ranges.iter().map(|range| range.host.clone()).collect();
        hosts.sort();
        hosts.dedup();
        Some(Map { ranges, hosts })
    }

    /// The master of a slot; `None` when nobody has it.
    pub(super) fn master_of(&self, slot: u16) -> Option<&Host> {
        let index = self.ranges.partition_point(|range| range.last < slot);
        self.ranges.get(index).filter(|range| range.first <= slot).map(|range| &range.host)
    }

    /// Every master once.
    pub(super) fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// How many slots nobody has.
    pub(super) fn missing(&self) -> u16 {
        let mut covered = 0_u16;
        for range in &self.ranges {
            covered = covered.saturating_add(range.last.saturating_sub(range.first) + 1);
        }
        SLOTS.saturating_sub(covered)
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u16> {
    match value {
        Value::Int(number) => u16::try_from(*number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use redis::cluster_routing::Slot;

    use super::*;

    fn host(name: &str, port: u16) -> Host {
        Host { name: name.to_owned(), port }
    }

    fn server(name: &str, port: i64) -> Value {
        let id = Value::BulkString(b"0123".to_vec());
        Value::Array(vec![Value::BulkString(name.as_bytes().to_vec()), Value::Int(port), id])
    }

    fn entry(first: i64, last: i64, servers: Vec<Value>) -> Value {
        let mut parts = vec![Value::Int(first), Value::Int(last)];
        parts.extend(servers);
        Value::Array(parts)
    }

    proptest! {
        #[test]
        fn a_key_is_in_the_slot_the_redis_crate_finds(key in "[a-z{}:0-9é]{0,20}") {
            prop_assert_eq!(Slot::new(slot_of(&key)), Some(Slot::for_key(&key)));
        }
    }

    #[test]
    fn everything_of_one_contact_is_in_one_slot() {
        assert_eq!(slot_of("samvad:ab12:1:{c7}:s"), slot_of("c7"));
        assert_eq!(slot_of("123456789"), 0x31c3, "the check value of the specification");
    }

    #[test]
    fn the_master_of_every_slot_is_found() {
        let answer = Value::Array(vec![
            entry(5461, 10922, vec![server("b", 2), server("x", 9)]),
            entry(0, 5460, vec![server("", 1), server("y", 9)]),
            entry(10924, 16383, vec![server("b", 2)]),
        ]);
        let map = Map::read(&answer, &host("told", 7)).unwrap();
        for (slot, master) in [
            (0, Some(host("told", 1))),
            (5460, Some(host("told", 1))),
            (5461, Some(host("b", 2))),
            (10922, Some(host("b", 2))),
            (10923, None),
            (10924, Some(host("b", 2))),
            (16383, Some(host("b", 2))),
        ] {
            assert_eq!(map.master_of(slot), master.as_ref(), "{slot}");
        }
        assert_eq!(map.hosts(), [host("b", 2), host("told", 1)]);
        assert_eq!(map.missing(), 1);
    }

    #[test]
    fn a_master_nobody_knows_the_name_of_is_left_out() {
        let answer = Value::Array(vec![
            entry(0, 8191, vec![server("?", 1)]),
            entry(8192, 16383, vec![Value::Array(vec![Value::Nil, Value::Int(2)])]),
        ]);
        let map = Map::read(&answer, &host("told", 7)).unwrap();
        assert_eq!((map.master_of(0), map.missing()), (None, 8192));
        assert_eq!(map.master_of(8192), Some(&host("told", 2)));
    }

    #[test]
    fn what_is_no_map_is_not_read() {
        let answers = [
            Value::Nil,
            Value::Okay,
            Value::Array(vec![Value::Int(1)]),
            Value::Array(vec![entry(0, 1, vec![])]),
            Value::Array(vec![entry(0, 70_000, vec![server("a", 1)])]),
            Value::Array(vec![entry(0, 1, vec![server("a", -1)])]),
        ];
        for answer in answers {
            assert_eq!(Map::read(&answer, &host("told", 7)), None, "{answer:?}");
        }
        assert_eq!(Map::read(&Value::Array(vec![]), &host("told", 7)), Some(Map::default()));
    }
}
