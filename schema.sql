-- Greenroom's whole database, readable from top to bottom. PostgreSQL 16 or newer, no extension.
--
-- A fresh installation runs this file in one transaction; older databases are led to the same place by
-- service/store/migrations, and a test holds the two equal. In the tables that grow, site_id leads every
-- primary key, unique constraint and foreign key, so that they can be distributed by site as they are.
-- Times are timestamptz and end in _at. Identifiers of comments and decisions are UUIDv7, made by the
-- service before the insert. Enumerations are text with a CHECK, which migrates without a lock.

CREATE TABLE schema_version (
    version     integer PRIMARY KEY,
    applied_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE schema_version IS 'One row for each step of the schema that this database has taken.';

CREATE TABLE key_check (
    key_id  smallint PRIMARY KEY,
    digest  bytea NOT NULL CHECK (octet_length(digest) = 32)
);
COMMENT ON TABLE key_check IS
    'A keyed digest of a constant for each key that sealed something here: a wrong key ring stops the start.';

-- Sites and pages ------------------------------------------------------------------------------------

CREATE TABLE site (
    id                integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug              text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    origins           text[] NOT NULL CHECK (cardinality(origins) > 0),
    language          text NOT NULL DEFAULT 'en',
    close_after_days  integer CHECK (close_after_days > 0),
    weights           jsonb NOT NULL DEFAULT '{}',
    created_at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE site IS 'A publication that embeds the widget.';
COMMENT ON COLUMN site.origins IS 'Exact origins (RFC 6454) that may show threads and send submissions.';
COMMENT ON COLUMN site.language IS 'BCP 47 tag of the language most articles are in.';
COMMENT ON COLUMN site.close_after_days IS 'Pages take no comments so long after their first one; null: never.';
COMMENT ON COLUMN site.weights IS 'Points a unit of a filter''s strength is worth here, by filter name.';

CREATE TABLE page (
    site_id         integer NOT NULL REFERENCES site ON DELETE CASCADE,
    id              uuid NOT NULL,
    url             text NOT NULL,
    title           text,
    approved_count  integer NOT NULL DEFAULT 0 CHECK (approved_count >= 0),
    version         integer NOT NULL DEFAULT 1,
    closed_at       timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, id)
);
COMMENT ON TABLE page IS 'One article, once somebody has written on it or somebody has closed it.';
COMMENT ON COLUMN page.id IS 'The first 128 bits of SHA-256 over the canonical address without its scheme.';
COMMENT ON COLUMN page.approved_count IS 'Approved comments, kept by the transaction that decides.';
COMMENT ON COLUMN page.version IS 'Grows whenever what readers see changes.';

-- Comments -------------------------------------------------------------------------------------------

CREATE TABLE comment (
    site_id     integer NOT NULL,
    id          uuid NOT NULL,
    page_id     uuid NOT NULL,
    parent_id   uuid,
    root_id     uuid NOT NULL,
    depth       smallint NOT NULL CHECK (depth BETWEEN 0 AND 100),
    name        text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    website     text CHECK (octet_length(website) <= 8192),
    text        text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 10000),
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
    version     integer NOT NULL DEFAULT 1,
    score       real NOT NULL,
    verdict     text NOT NULL CHECK (verdict IN ('approve', 'hold', 'reject')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, page_id) REFERENCES page (site_id, id) ON DELETE CASCADE,
    FOREIGN KEY (site_id, parent_id) REFERENCES comment (site_id, id) ON DELETE SET NULL (parent_id)
);
COMMENT ON TABLE comment IS 'A stored submission. Its author''s e-mail address is in contact, sealed.';
COMMENT ON COLUMN comment.root_id IS 'The comment that the exchange began with; its own id at the top.';
COMMENT ON COLUMN comment.text IS 'Plain text exactly as it was sent.';
COMMENT ON COLUMN comment.version IS 'Grows with each decision; a decision names the version it saw.';
COMMENT ON COLUMN comment.score IS 'The sum of the points of its signals.';
COMMENT ON COLUMN comment.verdict IS 'The advice of screening; people decide.';

CREATE INDEX comment_queue ON comment (site_id, id) WHERE status = 'pending';
COMMENT ON INDEX comment_queue IS 'comments.QUEUE_PAGE: pending comments of a site, oldest first.';
CREATE INDEX comment_thread ON comment (site_id, page_id, root_id, id) WHERE status = 'approved';
COMMENT ON INDEX comment_thread IS 'threads.PAGE: approved comments of a page, exchange by exchange.';
CREATE INDEX comment_replies ON comment (site_id, parent_id) WHERE parent_id IS NOT NULL;
COMMENT ON INDEX comment_replies IS 'The foreign key to the parent, when a comment is deleted.';

CREATE TABLE contact (
    site_id     integer NOT NULL,
    comment_id  uuid NOT NULL,
    sealed      bytea NOT NULL CHECK (octet_length(sealed) <= 400),
    digest      bytea NOT NULL CHECK (octet_length(digest) = 16),
    key_id      smallint NOT NULL,
    PRIMARY KEY (site_id, comment_id),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE contact IS
    'The author''s e-mail address: encrypted, bound to its comment, padded. No listing query joins this table.';
COMMENT ON COLUMN contact.sealed IS
    'Format byte 01, key id (2), nonce (12), AES-256-GCM-SIV over the address padded to 64-byte steps.';
COMMENT ON COLUMN contact.digest IS
    'Keyed digest of the canonical address for this site: the same author without opening anything.';

CREATE INDEX contact_digest ON contact (site_id, digest);
COMMENT ON INDEX contact_digest IS 'The same author''s comments: history, export and erasure.';

CREATE TABLE signal (
    site_id     integer NOT NULL,
    comment_id  uuid NOT NULL,
    position    smallint NOT NULL,
    name        text NOT NULL,
    strength    real NOT NULL CHECK (strength BETWEEN -1 AND 1),
    weight      real NOT NULL,
    sentence    text NOT NULL,
    spans       jsonb NOT NULL DEFAULT '[]',
    evidence    jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (site_id, comment_id, position),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE signal IS 'What each filter found in a comment: the lines of its bill.';
COMMENT ON COLUMN signal.spans IS 'Where: [field, start, end] in code points of what was sent, end exclusive.';

CREATE TABLE idempotency_key (
    site_id      integer NOT NULL REFERENCES site ON DELETE CASCADE,
    key          bytea NOT NULL CHECK (octet_length(key) = 32),
    fingerprint  bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    comment_id   uuid NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (site_id, key)
);
COMMENT ON TABLE idempotency_key IS
    'Which comment a retried submission already made. Claimed in the statement that stores the comment.';
CREATE INDEX idempotency_key_expiry ON idempotency_key (expires_at);
COMMENT ON INDEX idempotency_key_expiry IS 'tidy: keys that have run out.';

-- Decisions and the people who make them -------------------------------------------------------------

CREATE TABLE moderator (
    id             uuid PRIMARY KEY,
    name           text NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 64),
    role           text NOT NULL CHECK (role IN ('moderator', 'admin')),
    all_sites      boolean NOT NULL,
    password_hash  text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    disabled_at    timestamptz
);
COMMENT ON TABLE moderator IS 'A person who decides. The password is an argon2id hash.';
COMMENT ON COLUMN moderator.all_sites IS 'Whether the moderator works for every site, or for moderator_site only.';

CREATE TABLE moderator_site (
    moderator_id  uuid NOT NULL REFERENCES moderator ON DELETE CASCADE,
    site_id       integer NOT NULL REFERENCES site ON DELETE CASCADE,
    PRIMARY KEY (moderator_id, site_id)
);
COMMENT ON TABLE moderator_site IS 'The only sites a moderator works for.';

CREATE TABLE session (
    digest        bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    moderator_id  uuid NOT NULL REFERENCES moderator ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    seen_at       timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL
);
COMMENT ON TABLE session IS 'A signed-in browser, known by the SHA-256 of its cookie.';
CREATE INDEX session_moderator ON session (moderator_id);
COMMENT ON INDEX session_moderator IS 'Sessions of one moderator, to end them all.';

CREATE TABLE api_token (
    id          text PRIMARY KEY,
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
    scopes      text[] NOT NULL,
    site_id     integer REFERENCES site ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    revoked_at  timestamptz
);
COMMENT ON TABLE api_token IS 'A program''s bearer token, known by the SHA-256 of its secret.';
COMMENT ON COLUMN api_token.site_id IS 'The only site it works for; null: every site.';

CREATE TABLE decision (
    site_id     integer NOT NULL,
    id          uuid NOT NULL,
    comment_id  uuid NOT NULL,
    action      text NOT NULL CHECK (action IN ('approve', 'reject', 'undo')),
    reason      text CHECK (reason IN ('spam', 'abuse', 'off_topic', 'other')),
    note        text CHECK (char_length(note) <= 1000),
    before      text NOT NULL,
    after       text NOT NULL,
    version     integer NOT NULL,
    decided_by  text NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, comment_id, version),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE,
    CHECK (reason IS NULL OR action = 'reject')
);
COMMENT ON TABLE decision IS 'Every act on a comment, append-only; undo is one more row.';
COMMENT ON COLUMN decision.version IS 'The comment''s version that this decision made.';
COMMENT ON COLUMN decision.decided_by IS 'The moderator''s or token''s name as it was.';
CREATE INDEX decision_latest ON decision (site_id, decided_at DESC);
COMMENT ON INDEX decision_latest IS 'decisions.LATEST: what was decided lately on a site.';

CREATE TABLE audit_event (
    site_id  integer NOT NULL,
    id       bigint GENERATED ALWAYS AS IDENTITY,
    at       timestamptz NOT NULL DEFAULT now(),
    actor    text NOT NULL,
    action   text NOT NULL,
    target   text,
    before   text,
    after    text,
    PRIMARY KEY (site_id, id)
);
COMMENT ON TABLE audit_event IS 'Who did what to what, and when. Nobody can change or delete a row.';
COMMENT ON COLUMN audit_event.site_id IS '0 where the event is about the installation, not one site.';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
COMMENT ON FUNCTION refuse_change IS 'Keeps the audit trail append-only, for its owner too.';

CREATE TRIGGER audit_event_is_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Limits ---------------------------------------------------------------------------------------------

CREATE UNLOGGED TABLE rate_limit (
    key      bytea PRIMARY KEY CHECK (octet_length(key) = 16),
    full_at  timestamptz NOT NULL
);
COMMENT ON TABLE rate_limit IS
    'GCRA buckets under keyed digests. Unlogged: a crash empties it, which lets people through.';
COMMENT ON COLUMN rate_limit.full_at IS 'The theoretical arrival time: when the bucket will be full again.';
CREATE INDEX rate_limit_age ON rate_limit (full_at);
COMMENT ON INDEX rate_limit_age IS 'tidy: buckets that are full again.';

INSERT INTO schema_version (version) VALUES (1);
