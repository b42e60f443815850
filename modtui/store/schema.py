"""The tables of a workspace, as each migration makes them. A released list of statements is never edited."""

from __future__ import annotations

APPLICATION_ID = 0x4D6F6474
"`Modt`, so that `file` and modtui know a workspace from any other SQLite file."

# Keys are numbers and columns few, because a queue may hold millions: what a list shows and filters by stands in `ads`,
# apart from the payload, which is read one ad at a time. A version's number is its ad's times 2**20 plus its own.
CORE = (
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE streams (
        stream_no INTEGER PRIMARY KEY, stream TEXT NOT NULL UNIQUE, identity TEXT NOT NULL, started_at TEXT NOT NULL,
        parent TEXT, parent_hash TEXT) STRICT""",
    "CREATE TABLE sources (source_no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    """CREATE TABLE queues (
        queue_no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
        created_at TEXT NOT NULL, size INTEGER NOT NULL DEFAULT 0,
        sorted INTEGER NOT NULL DEFAULT 0, settings TEXT NOT NULL DEFAULT '{}') STRICT""",
    "CREATE TABLE routes (route_no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    """CREATE TABLE ads (
        ad_no INTEGER PRIMARY KEY, source_no INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
        versions INTEGER NOT NULL, title TEXT NOT NULL, advertiser TEXT, markets TEXT NOT NULL,
        industry TEXT) STRICT""",
    "CREATE UNIQUE INDEX ads_by_id ON ads(source_no, id)",
    """CREATE TABLE ad_versions (
        version_no INTEGER PRIMARY KEY, imported_ms INTEGER NOT NULL, content_hash BLOB NOT NULL,
        payload TEXT NOT NULL) STRICT""",
    """CREATE TABLE queue_items (
        queue_no INTEGER NOT NULL, n INTEGER NOT NULL, ad_no INTEGER NOT NULL, lane INTEGER NOT NULL,
        barred TEXT NOT NULL DEFAULT '', order_key INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'new',
        route_no INTEGER, verdict TEXT, outcome TEXT, mark TEXT,
        PRIMARY KEY (queue_no, n)) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX items_by_ad ON queue_items(ad_no, queue_no)",
    """CREATE TABLE ready (
        queue_no INTEGER NOT NULL, lane INTEGER NOT NULL, barred TEXT NOT NULL, order_key INTEGER NOT NULL,
        n INTEGER NOT NULL, PRIMARY KEY (queue_no, lane, barred, order_key, n)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE queue_counts (
        queue_no INTEGER NOT NULL, state TEXT NOT NULL, route_no INTEGER NOT NULL DEFAULT 0, n INTEGER NOT NULL,
        PRIMARY KEY (queue_no, state, route_no)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE advertiser_verdicts (
        advertiser TEXT NOT NULL, ad_no INTEGER NOT NULL, PRIMARY KEY (advertiser, ad_no)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE holds (
        queue_no INTEGER NOT NULL, n INTEGER NOT NULL, reviewer TEXT NOT NULL, wake_at TEXT NOT NULL,
        PRIMARY KEY (queue_no, n)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX holds_by_reviewer ON holds(reviewer, queue_no, wake_at)",
    "CREATE INDEX holds_by_time ON holds(queue_no, wake_at)",
    """CREATE TABLE exclusions (
        queue_no INTEGER NOT NULL, n INTEGER NOT NULL, reviewer TEXT NOT NULL,
        PRIMARY KEY (queue_no, n, reviewer)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE sessions (
        session TEXT PRIMARY KEY, reviewer TEXT NOT NULL, host TEXT NOT NULL, boot TEXT NOT NULL, pid INTEGER NOT NULL,
        pid_started TEXT NOT NULL, opened_at TEXT NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TABLE claims (
        ad_no INTEGER PRIMARY KEY, queue_no INTEGER NOT NULL, n INTEGER NOT NULL, session TEXT NOT NULL,
        reviewer TEXT NOT NULL, claimed_at TEXT NOT NULL, until TEXT NOT NULL) STRICT""",
    """CREATE TABLE events (
        event_no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, actor TEXT NOT NULL, ad_no INTEGER,
        hash TEXT NOT NULL, document TEXT NOT NULL CHECK (length(document) < 4000000)) STRICT""",
    "CREATE INDEX events_by_ad ON events(ad_no) WHERE ad_no IS NOT NULL",
    "CREATE INDEX events_by_actor ON events(actor)",
    """CREATE TABLE supersessions (
        target TEXT NOT NULL, event_no INTEGER NOT NULL, PRIMARY KEY (target, event_no)) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
    """CREATE TABLE catalogs (
        hash TEXT PRIMARY KEY, id TEXT NOT NULL, version TEXT NOT NULL, added_at TEXT NOT NULL,
        document TEXT NOT NULL) STRICT""",
    """CREATE TABLE drafts (
        ad_no INTEGER NOT NULL, reviewer TEXT NOT NULL, content_hash TEXT NOT NULL, saved_at TEXT NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (ad_no, reviewer)) STRICT, WITHOUT ROWID""",
    "CREATE TABLE event_locals (event_no INTEGER PRIMARY KEY, session TEXT, active_ms INTEGER) STRICT",
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID",
)

# The index keeps no copy of the texts: they are in the payloads, and a hit is shown from there.
SEARCH = (
    """CREATE VIRTUAL TABLE ad_search USING fts5(
        text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')""",
    "CREATE TABLE search_again (ad_no INTEGER PRIMARY KEY) STRICT",
)

# What policy owners and the start of a shift ask for, among events that are nearly all decisions.
OWNER_EVENTS = (
    "CREATE INDEX events_of_briefings ON events(actor, event_no) WHERE kind = 'briefing_read'",
    "CREATE INDEX events_of_reports ON events(event_no) WHERE kind = 'clause_report'",
)

# What surfaces with the next ad of an advertiser: notes, and the hosts its ads lead to, each pair once.
ADVERTISERS = (
    "CREATE INDEX notes_by_advertiser ON events(document ->> '$.body.advertiser', id) WHERE kind = 'note'",
    """CREATE TABLE advertiser_hosts (
        host TEXT NOT NULL, advertiser TEXT NOT NULL, ad_no INTEGER NOT NULL,
        PRIMARY KEY (host, advertiser)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX hosts_by_advertiser ON advertiser_hosts(advertiser, host)",
)

# Contents that came to ads which were there already, in the order they came: whoever keeps something beside the
# workspace (sketches) goes through the ads by number, and finds here what it would have gone past.
LATER_VERSIONS = ("CREATE TABLE later_versions (n INTEGER PRIMARY KEY, version_no INTEGER NOT NULL) STRICT",)

# Which ads a remote has given this workspace to review, and what became of it.
LEASES = (
    """CREATE TABLE leases (
        remote TEXT NOT NULL, item TEXT NOT NULL, slot INTEGER NOT NULL, token INTEGER NOT NULL, reviewer TEXT NOT NULL,
        queue_no INTEGER NOT NULL, ad_no INTEGER NOT NULL, content_hash TEXT NOT NULL, until TEXT NOT NULL,
        is_blind INTEGER NOT NULL, state TEXT NOT NULL, event_id TEXT,
        PRIMARY KEY (remote, item, slot)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX leases_by_ad ON leases(ad_no)",
    "CREATE INDEX leases_by_state ON leases(remote, state)",
)

# Practice: a second log with the columns of `events`, whose `ad_no` counts the ads of packs; and what stays local.
PRACTICE = (
    """CREATE TABLE attempts (
        event_no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, actor TEXT NOT NULL, ad_no INTEGER,
        hash TEXT NOT NULL, document TEXT NOT NULL CHECK (length(document) < 4000000)) STRICT""",
    "CREATE INDEX attempts_by_ad ON attempts(ad_no, actor, kind)",
    """CREATE TRIGGER attempts_are_not_changed BEFORE UPDATE ON attempts
        BEGIN SELECT RAISE(ABORT, 'attempts are never changed'); END""",
    """CREATE TRIGGER attempts_are_not_deleted BEFORE DELETE ON attempts
        BEGIN SELECT RAISE(ABORT, 'attempts are never deleted'); END""",
    """CREATE TABLE packs (
        pack_no INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, title TEXT NOT NULL, kind TEXT NOT NULL,
        ads INTEGER NOT NULL, added_at TEXT NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL) STRICT""",
    """CREATE TABLE practice_runs (
        pack_no INTEGER NOT NULL, learner TEXT NOT NULL, done INTEGER NOT NULL, place INTEGER NOT NULL,
        seen_at TEXT NOT NULL, finished_at TEXT NOT NULL, PRIMARY KEY (pack_no, learner)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE practice_drafts (
        ad_no INTEGER NOT NULL, learner TEXT NOT NULL, saved_at TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (ad_no, learner)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE drill_cards (
        learner TEXT NOT NULL, clause TEXT NOT NULL, due_ms INTEGER NOT NULL, made_ms INTEGER NOT NULL,
        card TEXT NOT NULL, PRIMARY KEY (learner, clause)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX drill_cards_due ON drill_cards(learner, due_ms)",
)

# What comes from the team. Others' events stand in `events`, in streams with negative numbers; those on ads that are
# not here wait for them, and get the ad's number when it comes: the only thing of an event that is ever written later.
TEAM = (
    """CREATE TABLE remotes (
        name TEXT PRIMARY KEY, address TEXT NOT NULL, team TEXT NOT NULL, incarnation TEXT NOT NULL DEFAULT '',
        added_at TEXT NOT NULL, synced_at TEXT) STRICT, WITHOUT ROWID""",
    """CREATE TABLE remote_marks (
        remote TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (remote, key)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE remote_ends (
        remote TEXT NOT NULL, way TEXT NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (remote, way)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE quarantine (
        remote TEXT NOT NULL, name TEXT NOT NULL, why TEXT NOT NULL, seen_at TEXT NOT NULL,
        PRIMARY KEY (remote, name)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE waiting_events (
        source TEXT NOT NULL, ad_id TEXT NOT NULL, event_no INTEGER NOT NULL,
        PRIMARY KEY (source, ad_id, event_no)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX items_in_conflict ON queue_items(queue_no, n) WHERE mark = 'conflict'",
    "DROP TRIGGER events_are_not_changed",
    """CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
        WHEN OLD.ad_no IS NOT NULL OR OLD.event_no IS NOT NEW.event_no OR OLD.id IS NOT NEW.id
            OR OLD.kind IS NOT NEW.kind OR OLD.actor IS NOT NEW.actor OR OLD.hash IS NOT NEW.hash
            OR OLD.document IS NOT NEW.document
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
)

# What has left the workspace in which form. Without a time, its file is still being written.
EXPORTED = (
    """CREATE TABLE exported (
        form TEXT NOT NULL, event_id TEXT NOT NULL, at TEXT, withdrawn_at TEXT,
        PRIMARY KEY (form, event_id)) STRICT, WITHOUT ROWID""",
)

# What leads have published, as the files a folder or a carried file brought, so that they can be passed on.
PUBLISHED = (
    """CREATE TABLE published (
        name TEXT PRIMARY KEY, team TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
        is_applied INTEGER NOT NULL, kept_at TEXT NOT NULL, content BLOB NOT NULL) STRICT""",
    "CREATE INDEX published_in_order ON published(kind, subject, number, name)",
    "CREATE INDEX published_to_apply ON published(number, name) WHERE NOT is_applied",
)

# What a remote has given to others since: counted per queue, as those ads are in nobody's hands here.
GONE = ("CREATE INDEX leases_gone ON leases(queue_no, ad_no) WHERE state = 'gone'",)
