//! What is said to a server: a command, or one of the scripts.
//!
//! Every change that depends on what is there is one Lua script, so that replicas cannot come
//! between its reading and its writing. A script touches one key: it runs on any server of a cluster.

use redis::aio::ConnectionManager;
use redis::{Cmd, ErrorKind, RedisResult, ServerErrorKind, ToRedisArgs, Value};

/// `KEYS[1]` snapshot; `ARGV`: version, expiry, now (16 hex digits each), ttl in ms, sealed bytes.
/// Hex of one width compares as text like the numbers compare, without a detour over doubles.
const PUT: &str = r"
local head = redis.call('GETRANGE', KEYS[1], 0, 31)
local ours = #head == 32 and not string.find(head, '%X')
if ours and string.sub(head, 17, 32) > ARGV[3] and string.sub(head, 1, 16) >= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2] .. ARGV[5], 'PX', ARGV[4])
return 1
";

/// `KEYS[1]` bucket; `ARGV`: per second, burst, tokens, now in ms, the rounding allowance.
/// Gives -1 when taken, else the milliseconds that are missing, as text. The same steps in the same
/// order as `bucket.rs`; 17 digits bring a double back as it was.
const TAKE: &str = r"
local rate, burst, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4])
local wanted = math.min(tonumber(ARGV[3]), burst)
local known = redis.call('HMGET', KEYS[1], 't', 'a')
local tokens, at = tonumber(known[1] or burst), tonumber(known[2] or now)
local later = math.max(at, now)
tokens = math.min(tokens + (later - at) * rate / 1000, burst)
local missing = wanted - tokens
local epsilon = tonumber(ARGV[5])
if missing > epsilon then
  return string.format('%.17g', (missing - epsilon / 2) * 1000 / rate)
end
tokens = tokens - wanted
redis.call('HSET', KEYS[1], 't', string.format('%.17g', tokens), 'a', string.format('%.0f', later))
local full = 86400000
if rate > 0 then full = math.min(full, math.ceil((burst - tokens) * 1000 / rate)) end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', full + 60000))
return '-1'
";

/// `KEYS[1]` window; `ARGV`: now in ms, window in ms, limit, member.
const ADMIT: &str = r"
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local known = redis.call('ZSCORE', KEYS[1], ARGV[4])
if not known and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return 0
end
local since = math.max(now, tonumber(known or now))
redis.call('ZADD', KEYS[1], string.format('%.0f', since), ARGV[4])
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', window + 60000))
return 1
";

/// The scripts with their hashes, by which a server that saw one runs it again.
#[derive(Debug)]
pub(super) struct Scripts {
    pub(super) put: Script,
    pub(super) take: Script,
    pub(super) admit: Script,
}

#[derive(Debug)]
pub(super) struct Script {
    code: &'static str,
    hash: String,
}

impl Scripts {
    pub(super) fn new() -> Scripts {
        Scripts { put: Script::new(PUT), take: Script::new(TAKE), admit: Script::new(ADMIT) }
    }
}

impl Script {
    fn new(code: &'static str) -> Script {
        Script { code, hash: redis::Script::new(code).get_hash().to_owned() }
    }
}

/// One wish: a command or a script, and the key that says which server has it. It can be said to
/// several servers one after the other, as a cluster sends us on.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// `None`: any server will do.
    key: Option<String>,
    script: Option<&'a Script>,
    words: Vec<Vec<u8>>,
}

impl<'a> Call<'a> {
    /// A command that any server can do.
    pub(super) fn anywhere(words: &[&str]) -> Call<'static> {
        let words = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        Call { key: None, script: None, words }
    }

    /// A command with one word, which is the key.
    pub(super) fn of_key(command: &str, key: String) -> Call<'static> {
        let words = vec![command.as_bytes().to_vec(), key.as_bytes().to_vec()];
        Call { key: Some(key), script: None, words }
    }

    /// A script on its one key.
    pub(super) fn script(script: &'a Script, key: String) -> Call<'a> {
        Call { key: Some(key), script: Some(script), words: Vec::new() }
    }

    /// One more word, behind the others.
    pub(super) fn arg(mut self, word: impl ToRedisArgs) -> Call<'a> {
        self.words.extend(word.to_redis_args());
        self
    }

    pub(super) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Says it on this connection; `asking` after a server of a cluster sent us here for this once.
    /// A server that does not know the script (it is new, or was flushed) gets it whole.
    pub(super) async fn say(
        &self,
        connection: &mut ConnectionManager,
        asking: bool,
    ) -> RedisResult<Value> {
        let answer = say(self.command(false), connection, asking).await;
        match answer {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                say(self.command(true), connection, asking).await
            }
            answer => answer,
        }
    }

    /// The command; a script by its hash, or whole.
    fn command(&self, whole: bool) -> Cmd {
        let mut command = Cmd::new();
        if let Some(script) = self.script {
            if whole {
                command.arg("EVAL").arg(script.code);
            } else {
                command.arg("EVALSHA").arg(&script.hash);
            }
            command.arg(1).arg(&self.key);
        }
        command.arg(&self.words);
        command
    }
}

async fn say(command: Cmd, connection: &mut ConnectionManager, asking: bool) -> RedisResult<Value> {
    if !asking {
        return connection.send_packed_command(&command).await?.extract_error();
    }
    // Together, or another caller of this connection could come between the two.
    let mut both = redis::pipe();
    both.cmd("ASKING").add_command(command);
    let mut answers = connection.send_packed_commands(&both, 0, 2).await?;
    answers.pop().unwrap_or(Value::Nil).extract_error()
}
