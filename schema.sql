-- Greenroom's whole database, readable from top to bottom. PostgreSQL 16 or newer with pg_trgm.
--
-- A fresh installation runs this file in one transaction; older databases are led to the same place by
-- service/store/migrations, and a test holds the two equal. In the tables that grow, site_id leads every
-- primary key, unique constraint and foreign key, so that they can be distributed by site as they are.
-- Times are timestamptz and end in _at. Identifiers of comments and decisions are UUIDv7, made by the
-- service before the insert. Enumerations are text with a CHECK, which migrates without a lock.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

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
    created_at        timestamptz NOT NULL DEFAULT now(),
    policy_version    integer NOT NULL DEFAULT 1,
    terms_version     integer NOT NULL DEFAULT 0,
    renew_after       uuid
);
COMMENT ON TABLE site IS 'A publication that embeds the widget.';
COMMENT ON COLUMN site.origins IS 'Exact origins (RFC 6454) that may show threads and send submissions.';
COMMENT ON COLUMN site.language IS 'BCP 47 tag of the language most articles are in.';
COMMENT ON COLUMN site.close_after_days IS 'Pages take no comments so long after their first one; null: never.';
COMMENT ON COLUMN site.policy_version IS 'The policy that counts now.';
COMMENT ON COLUMN site.terms_version IS 'Grows with each change of the site''s terms.';
COMMENT ON COLUMN site.renew_after IS
    'Pending comments after this one are still to be marked for another look; null: none are.';

CREATE TABLE policy (
    site_id           integer NOT NULL REFERENCES site ON DELETE CASCADE,
    version           integer NOT NULL CHECK (version > 0),
    weights           jsonb NOT NULL DEFAULT '{}',
    approve_at        double precision NOT NULL DEFAULT 0,
    spam_at           double precision NOT NULL DEFAULT 3,
    reject_at         double precision NOT NULL DEFAULT 6,
    automatic         text[] NOT NULL DEFAULT '{}' CHECK (automatic <@ ARRAY['approve', 'reject']),
    target_precision  double precision NOT NULL DEFAULT 0.98 CHECK (target_precision BETWEEN 0.5 AND 0.999),
    unseen_share      double precision NOT NULL DEFAULT 0.1 CHECK (unseen_share BETWEEN 0.01 AND 1),
    set_by            text NOT NULL,
    set_at            timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, version),
    CHECK (approve_at < spam_at AND spam_at <= reject_at)
);
COMMENT ON TABLE policy IS 'A site''s say in screening, version by version: no row is ever changed.';
COMMENT ON COLUMN policy.weights IS 'Points a unit of a filter''s strength is worth here, by filter name.';
COMMENT ON COLUMN policy.automatic IS 'Advice that the owner wants carried out while the brake allows it.';
COMMENT ON COLUMN policy.unseen_share IS 'Of what could be automatic, the share that people decide unseen.';

CREATE TABLE term (
    site_id   integer NOT NULL REFERENCES site ON DELETE CASCADE,
    kind      text NOT NULL CHECK (kind IN ('block', 'allow')),
    text      text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 100),
    since     integer NOT NULL,
    until     integer CHECK (until > since),
    severity  smallint NOT NULL DEFAULT 0 CHECK (severity BETWEEN 0 AND 3),
    added_by  text NOT NULL,
    added_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, kind, text, since)
);
COMMENT ON TABLE term IS 'Words that a site blocks or allows, and from which version of its list to which.';
CREATE UNIQUE INDEX term_present ON term (site_id, kind, text) WHERE until IS NULL;
COMMENT ON INDEX term_present IS 'terms.PRESENT: the list as it is, each term once.';

CREATE TABLE brake (
    site_id     integer NOT NULL REFERENCES site ON DELETE CASCADE,
    action      text NOT NULL CHECK (action IN ('approve', 'reject')),
    released    boolean NOT NULL,
    agreed      integer NOT NULL,
    decided     integer NOT NULL,
    bound       double precision NOT NULL,
    target      double precision NOT NULL,
    checked_at  timestamptz NOT NULL DEFAULT now(),
    changed_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, action)
);
COMMENT ON TABLE brake IS 'Whether a site''s automation may act: people''s later decisions must bear it out.';
COMMENT ON COLUMN brake.bound IS 'Clopper and Pearson''s lower 95 % bound of the advice''s precision.';

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
    site_id         integer NOT NULL,
    id              uuid NOT NULL,
    page_id         uuid NOT NULL,
    parent_id       uuid,
    root_id         uuid NOT NULL,
    depth           smallint NOT NULL CHECK (depth BETWEEN 0 AND 100),
    name            text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    website         text CHECK (octet_length(website) <= 8192),
    text            text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 10000),
    status          text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
    version         integer NOT NULL DEFAULT 1,
    score           double precision NOT NULL,
    verdict         text NOT NULL CHECK (verdict IN ('approve', 'hold', 'reject')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    severity        smallint NOT NULL DEFAULT 0 CHECK (severity BETWEEN 0 AND 3),
    reason          text CHECK (reason IN ('spam', 'abuse', 'off_topic', 'other')),
    decided_by      text CHECK (decided_by IN ('person', 'policy')),
    unseen          boolean NOT NULL DEFAULT false,
    policy_version  integer NOT NULL DEFAULT 1,
    terms_version   integer NOT NULL DEFAULT 0,
    facts           jsonb NOT NULL DEFAULT '{}',
    learned         double precision CHECK (learned BETWEEN 0 AND 1),
    network         bytea CHECK (octet_length(network) = 16),
    campaign_id     uuid,
    recheck_at      timestamptz,
    rechecks        smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, page_id) REFERENCES page (site_id, id) ON DELETE CASCADE,
    FOREIGN KEY (site_id, parent_id) REFERENCES comment (site_id, id) ON DELETE SET NULL (parent_id)
);
COMMENT ON TABLE comment IS 'A stored submission. Its author''s e-mail address is in contact, sealed.';
COMMENT ON COLUMN comment.root_id IS 'The comment that the exchange began with; its own id at the top.';
COMMENT ON COLUMN comment.text IS 'Plain text exactly as it was sent.';
COMMENT ON COLUMN comment.version IS 'Grows with each decision; a decision names the version it saw.';
COMMENT ON COLUMN comment.score IS 'The sum of the points of its signals about spam.';
COMMENT ON COLUMN comment.verdict IS 'The advice of screening; people decide.';
COMMENT ON COLUMN comment.severity IS 'The worst of its words: 0 none, 1 vulgar, 2 strong, 3 slur.';
COMMENT ON COLUMN comment.reason IS 'Why it is rejected, while it is.';
COMMENT ON COLUMN comment.decided_by IS 'Whose decision its status is; null while it is pending.';
COMMENT ON COLUMN comment.unseen IS 'People decide it without the bill, to measure the advice.';
COMMENT ON COLUMN comment.facts IS 'What screening knew beside the words: with them the bill can be made again.';
COMMENT ON COLUMN comment.learned IS 'The probability of spam that the learner gave; null while it was silent.';
COMMENT ON COLUMN comment.network IS 'Keyed digest of the network it came from; forgotten after some weeks.';
COMMENT ON COLUMN comment.campaign_id IS 'The first comment of those that say nearly the same.';
COMMENT ON COLUMN comment.recheck_at IS 'When screening should look again; null: nothing to look for.';

CREATE INDEX comment_queue ON comment (site_id, id) WHERE status = 'pending';
COMMENT ON INDEX comment_queue IS
    'comments.QUEUE_PAGE: pending comments of a site, oldest first; and rechecks.RENEW.';
CREATE INDEX comment_thread ON comment (site_id, page_id, root_id, id) WHERE status = 'approved';
COMMENT ON INDEX comment_thread IS 'threads.PAGE: approved comments of a page, exchange by exchange.';
CREATE INDEX comment_replies ON comment (site_id, parent_id) WHERE parent_id IS NOT NULL;
COMMENT ON INDEX comment_replies IS 'The foreign key to the parent, when a comment is deleted.';
CREATE INDEX comment_page ON comment (site_id, page_id, id);
COMMENT ON INDEX comment_page IS 'facts.GATHER: how busy a page is; and the foreign key to the page.';
CREATE INDEX comment_network ON comment (site_id, network, id) WHERE network IS NOT NULL;
COMMENT ON INDEX comment_network IS 'facts.GATHER: what else came from a network; and forgetting it.';
CREATE INDEX comment_campaign ON comment (site_id, campaign_id, id) WHERE campaign_id IS NOT NULL;
COMMENT ON INDEX comment_campaign IS 'comments.CAMPAIGN_PAGE: the comments of a campaign.';
CREATE INDEX comment_campaign_queue ON comment (site_id, campaign_id)
    WHERE status = 'pending' AND campaign_id IS NOT NULL;
COMMENT ON INDEX comment_campaign_queue IS 'campaigns.WAITING: campaigns that wait for somebody.';
CREATE INDEX comment_decided ON comment (site_id, id) WHERE decided_by = 'person';
COMMENT ON INDEX comment_decided IS 'lessons.PRESENT: what people decided, newest first.';
CREATE INDEX comment_advice ON comment (site_id, verdict, id)
    WHERE decided_by = 'person' AND verdict <> 'hold';
COMMENT ON INDEX comment_advice IS 'brakes.EVIDENCE: what people decided where there was advice.';
CREATE INDEX comment_recheck ON comment (recheck_at) WHERE recheck_at IS NOT NULL AND status = 'pending';
COMMENT ON INDEX comment_recheck IS 'rechecks.CLAIM: comments that screening should look at again.';

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

CREATE INDEX contact_digest ON contact (site_id, digest, comment_id);
COMMENT ON INDEX contact_digest IS 'The same author''s comments, latest first: history, export and erasure.';

CREATE TABLE signal (
    site_id     integer NOT NULL,
    comment_id  uuid NOT NULL,
    position    smallint NOT NULL,
    name        text NOT NULL,
    strength    double precision NOT NULL CHECK (strength BETWEEN -1 AND 1),
    weight      double precision NOT NULL,
    sentence    text NOT NULL,
    spans       jsonb NOT NULL DEFAULT '[]',
    evidence    jsonb NOT NULL DEFAULT '[]',
    axis        text NOT NULL DEFAULT 'spam' CHECK (axis IN ('spam', 'profanity')),
    severity    smallint NOT NULL DEFAULT 0 CHECK (severity BETWEEN 0 AND 3),
    PRIMARY KEY (site_id, comment_id, position),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE signal IS 'What each filter found in a comment: the lines of its bill.';
COMMENT ON COLUMN signal.spans IS 'Where: [field, start, end] in code points of what was sent, end exclusive.';

CREATE TABLE likeness (
    site_id     integer NOT NULL,
    comment_id  uuid NOT NULL,
    digest      bytea NOT NULL CHECK (octet_length(digest) = 16),
    bands       bigint[] NOT NULL,
    normal      text NOT NULL CHECK (char_length(normal) <= 1000),
    PRIMARY KEY (site_id, comment_id),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE likeness IS
    'What the comments of the last two weeks say, normalised: what says nearly the same is a campaign.';
COMMENT ON COLUMN likeness.bands IS 'MinHash bands mixed with the site: similar texts share one or more.';
CREATE INDEX likeness_digest ON likeness (site_id, digest, comment_id);
COMMENT ON INDEX likeness_digest IS 'likenesses.FIND: the same words.';
CREATE INDEX likeness_bands ON likeness USING gin (bands);
COMMENT ON INDEX likeness_bands IS 'likenesses.FIND: nearly the same words.';

CREATE TABLE link (
    site_id     integer NOT NULL,
    host        text NOT NULL CHECK (octet_length(host) <= 253),
    comment_id  uuid NOT NULL,
    PRIMARY KEY (site_id, host, comment_id),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE link IS 'Where comments lead: how earlier comments with the same host fared.';
CREATE INDEX link_comment ON link (site_id, comment_id);
COMMENT ON INDEX link_comment IS 'The foreign key to the comment, when it is deleted.';

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
    automatic   boolean NOT NULL DEFAULT false,
    batch_id    uuid,
    PRIMARY KEY (site_id, id),
    UNIQUE (site_id, comment_id, version),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE,
    CHECK (reason IS NULL OR action = 'reject')
);
COMMENT ON TABLE decision IS 'Every act on a comment, append-only; undo is one more row.';
COMMENT ON COLUMN decision.version IS 'The comment''s version that this decision made.';
COMMENT ON COLUMN decision.decided_by IS 'The moderator''s or token''s name as it was.';
COMMENT ON COLUMN decision.automatic IS 'Whether the policy decided; such decisions teach nothing.';
COMMENT ON COLUMN decision.batch_id IS 'What one act on many comments has in common, to undo it as one.';
CREATE INDEX decision_latest ON decision (site_id, decided_at DESC);
COMMENT ON INDEX decision_latest IS 'decisions.LATEST: what was decided lately on a site.';
CREATE INDEX decision_batch ON decision (site_id, batch_id) WHERE batch_id IS NOT NULL;
COMMENT ON INDEX decision_batch IS 'campaigns.LOCK_BATCH: every decision of one act.';
CREATE INDEX decision_automatic ON decision (site_id, action, id) WHERE automatic;
COMMENT ON INDEX decision_automatic IS 'brakes.EVIDENCE: what the policy decided.';

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

-- Learning -------------------------------------------------------------------------------------------

CREATE TABLE lesson (
    site_id     integer NOT NULL,
    comment_id  uuid NOT NULL,
    reading     smallint NOT NULL,
    features    bytea NOT NULL,
    PRIMARY KEY (site_id, comment_id),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE lesson IS 'What the learner reads in a decided comment, kept so that it is read once.';
COMMENT ON COLUMN lesson.reading IS 'The version of the reading: an older one is read anew.';

CREATE TABLE learner (
    site_id     integer PRIMARY KEY REFERENCES site ON DELETE CASCADE,
    version     integer NOT NULL,
    weights     bytea,
    spam        integer NOT NULL,
    ham         integer NOT NULL,
    lessons     bytea NOT NULL,
    read_at     timestamptz NOT NULL,
    learned_at  timestamptz NOT NULL
);
COMMENT ON TABLE learner IS 'What a site''s moderators taught: a cache, made from the decisions alone.';
COMMENT ON COLUMN learner.weights IS 'Null while there are too few lessons.';
COMMENT ON COLUMN learner.lessons IS 'Digest of the lessons it was made from.';
COMMENT ON COLUMN learner.read_at IS 'Up to when decisions were read.';

CREATE TABLE untrusted_teacher (
    site_id   integer NOT NULL REFERENCES site ON DELETE CASCADE,
    name      text NOT NULL,
    added_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, name)
);
COMMENT ON TABLE untrusted_teacher IS 'Moderators whose decisions teach nothing here.';

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

INSERT INTO schema_version (version) VALUES (3);
