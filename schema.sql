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
    renew_after       uuid,
    title              text CHECK (char_length(title) BETWEEN 1 AND 200),
    respond_hours      integer NOT NULL DEFAULT 24 CHECK (respond_hours BETWEEN 1 AND 720),
    edit_minutes       integer NOT NULL DEFAULT 15 CHECK (edit_minutes BETWEEN 0 AND 10080),
    review_share       double precision NOT NULL DEFAULT 0 CHECK (review_share BETWEEN 0 AND 1),
    keep_rejected_days integer CHECK (keep_rejected_days > 0),
    keep_contacts_days integer CHECK (keep_contacts_days > 0),
    settings_version   integer NOT NULL DEFAULT 1,
    name_required      boolean NOT NULL DEFAULT true,
    email_required     boolean NOT NULL DEFAULT true,
    website_shown      boolean NOT NULL DEFAULT true,
    comment_first      boolean NOT NULL DEFAULT true,
    consent_text       text CHECK (char_length(consent_text) BETWEEN 1 AND 500),
    consent_url        text CHECK (octet_length(consent_url) <= 8192),
    CONSTRAINT site_consent_check CHECK (consent_url IS NULL OR consent_text IS NOT NULL)
);
COMMENT ON TABLE site IS 'A publication that embeds the widget.';
COMMENT ON COLUMN site.origins IS 'Exact origins (RFC 6454) that may show threads and send submissions.';
COMMENT ON COLUMN site.language IS 'BCP 47 tag of the language most articles are in.';
COMMENT ON COLUMN site.close_after_days IS 'Pages take no comments so long after their first one; null: never.';
COMMENT ON COLUMN site.policy_version IS 'The policy that counts now.';
COMMENT ON COLUMN site.terms_version IS 'Grows with each change of the site''s terms.';
COMMENT ON COLUMN site.renew_after IS
    'Pending comments after this one are still to be marked for another look; null: none are.';
COMMENT ON COLUMN site.title IS 'What people call it; null: its slug.';
COMMENT ON COLUMN site.respond_hours IS 'Within how long a comment should be decided.';
COMMENT ON COLUMN site.edit_minutes IS 'How long authors may change what they wrote; 0: not at all.';
COMMENT ON COLUMN site.review_share IS 'Of people''s decisions, the share that a second person makes again, blind.';
COMMENT ON COLUMN site.keep_rejected_days IS 'Rejected comments are emptied so long after they were sent; null: never.';
COMMENT ON COLUMN site.keep_contacts_days IS 'E-mail addresses are deleted so long after they were sent; null: never.';
COMMENT ON COLUMN site.settings_version IS 'Grows with each change of the settings; a change names the one it saw.';
COMMENT ON COLUMN site.name_required IS 'Whether a comment needs a name; without one it is by Anonymous.';
COMMENT ON COLUMN site.email_required IS 'Whether a comment needs an e-mail address; without one it has no contact.';
COMMENT ON COLUMN site.website_shown IS 'Whether the form has a field for the author''s website.';
COMMENT ON COLUMN site.comment_first IS 'Whether the form begins with the comment, or ends with it.';
COMMENT ON COLUMN site.consent_text IS
    'What authors agree to, [the words of the link] in brackets; null: they are not asked.';

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
    name            text NOT NULL,
    website         text CHECK (octet_length(website) <= 8192),
    text            text NOT NULL,
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
    due_at          timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    assigned_to     text CHECK (char_length(assigned_to) <= 64),
    escalated_at    timestamptz,
    edited_at       timestamptz,
    appealed_at     timestamptz,
    appeal          text CHECK (char_length(appeal) <= 500),
    open_reports    integer NOT NULL DEFAULT 0 CHECK (open_reports >= 0),
    gone_at         timestamptz,
    gone_because    text CHECK (gone_because IN ('withdrawn', 'erased', 'expired')),
    anonymised      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (site_id, id),
    CONSTRAINT comment_name_check
        CHECK (char_length(name) <= 100 AND (name <> '' OR gone_at IS NOT NULL)),
    CONSTRAINT comment_text_check
        CHECK (char_length(text) <= 10000 AND (text <> '' OR gone_at IS NOT NULL)),
    CONSTRAINT comment_gone_check CHECK ((gone_at IS NULL) = (gone_because IS NULL)),
    FOREIGN KEY (site_id, page_id) REFERENCES page (site_id, id) ON DELETE CASCADE,
    FOREIGN KEY (site_id, parent_id) REFERENCES comment (site_id, id) ON DELETE SET NULL (parent_id)
);
COMMENT ON TABLE comment IS 'A stored submission. Its author''s e-mail address is in contact, sealed.';
COMMENT ON COLUMN comment.root_id IS 'The comment that the exchange began with; its own id at the top.';
COMMENT ON COLUMN comment.text IS 'Plain text exactly as it was sent.';
COMMENT ON COLUMN comment.version IS
    'Grows with each decision and with what its author does; a decision names the version it saw.';
COMMENT ON COLUMN comment.score IS 'The sum of the points of its signals about spam.';
COMMENT ON COLUMN comment.verdict IS 'The advice of screening; people decide.';
COMMENT ON COLUMN comment.severity IS 'The worst of its words: 0 none, 1 vulgar, 2 strong, 3 slur.';
COMMENT ON COLUMN comment.reason IS 'Why it is rejected, while it is.';
COMMENT ON COLUMN comment.decided_by IS
    'Whose decision its status is; null while it is pending, and when it is gone.';
COMMENT ON COLUMN comment.unseen IS 'People decide it without the bill, to measure the advice.';
COMMENT ON COLUMN comment.facts IS 'What screening knew beside the words: with them the bill can be made again.';
COMMENT ON COLUMN comment.learned IS 'The probability of spam that the learner gave; null while it was silent.';
COMMENT ON COLUMN comment.network IS 'Keyed digest of the network it came from; forgotten after some weeks.';
COMMENT ON COLUMN comment.campaign_id IS 'The first comment of those that say nearly the same.';
COMMENT ON COLUMN comment.recheck_at IS 'When screening should look again; null: nothing to look for.';
COMMENT ON COLUMN comment.due_at IS 'Until when somebody should have decided.';
COMMENT ON COLUMN comment.assigned_to IS 'The moderator it was passed to; null: anybody.';
COMMENT ON COLUMN comment.escalated_at IS 'Since when it waits for an admin.';
COMMENT ON COLUMN comment.edited_at IS 'When its author last changed it; earlier texts are in revision.';
COMMENT ON COLUMN comment.appealed_at IS 'When its author asked for a second look, which is granted once.';
COMMENT ON COLUMN comment.appeal IS 'What its author said when asking for a second look.';
COMMENT ON COLUMN comment.open_reports IS 'Readers'' reports since somebody last looked.';
COMMENT ON COLUMN comment.gone_at IS
    'Since when it is a tombstone: its text, name and address are gone. What was pending is rejected then.';
COMMENT ON COLUMN comment.anonymised IS
    'Whether it stays without a tie to its author, who asked for that: nobody can act as its author any more.';

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
CREATE INDEX comment_due ON comment (site_id, due_at, id) WHERE status = 'pending';
COMMENT ON INDEX comment_due IS 'queue.DEADLINE; and what is overdue.';
CREATE INDEX comment_score ON comment (site_id, (CASE WHEN unseen THEN 0 ELSE score END), id)
    WHERE status = 'pending';
COMMENT ON INDEX comment_score IS
    'queue.RISKIEST, queue.SAFEST: by score; what people decide unseen stands at nought.';
CREATE INDEX comment_reported ON comment (site_id, id) WHERE open_reports > 0;
COMMENT ON INDEX comment_reported IS 'sources.REPORTED: comments that readers reported.';
CREATE INDEX comment_rejected ON comment (site_id, id) WHERE status = 'rejected' AND gone_at IS NULL;
COMMENT ON INDEX comment_rejected IS 'tombstones.EMPTY: what is rejected and old.';
CREATE INDEX comment_flagged ON comment (site_id, id)
    WHERE status = 'pending'
      AND (assigned_to IS NOT NULL OR escalated_at IS NOT NULL OR edited_at IS NOT NULL
           OR appealed_at IS NOT NULL);
COMMENT ON INDEX comment_flagged IS 'sources.FLAGGED: the few of the queue that are somebody''s or came back.';
CREATE INDEX comment_escalated ON comment (site_id, escalated_at, id) WHERE escalated_at IS NOT NULL;
COMMENT ON INDEX comment_escalated IS 'sources.ESCALATED: what waits for an admin.';

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

CREATE TABLE consent (
    site_id     integer NOT NULL,
    comment_id  uuid NOT NULL,
    wording     text NOT NULL CHECK (char_length(wording) BETWEEN 1 AND 500),
    url         text CHECK (octet_length(url) <= 8192),
    given_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, comment_id),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE consent IS 'What the author of a comment agreed to, in the words that the form had, and when.';

CREATE TABLE revision (
    site_id      integer NOT NULL,
    comment_id   uuid NOT NULL,
    version      integer NOT NULL,
    text         text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 10000),
    replaced_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, comment_id, version),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE revision IS 'What a comment said before its author changed it, by the version that said it.';

CREATE TABLE report (
    site_id      integer NOT NULL,
    comment_id   uuid NOT NULL,
    reporter     bytea NOT NULL CHECK (octet_length(reporter) = 16),
    reason       text NOT NULL CHECK (reason IN ('spam', 'abuse', 'off_topic', 'other')),
    note         text CHECK (char_length(note) <= 1000),
    reported_at  timestamptz NOT NULL DEFAULT now(),
    resolved_at  timestamptz,
    forgotten    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (site_id, comment_id, reporter),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE report IS 'Readers who think that a published comment should be looked at again.';
COMMENT ON COLUMN report.reporter IS 'Keyed digest of the network it came from: one report each.';
COMMENT ON COLUMN report.resolved_at IS 'When a moderator rejected the comment or dismissed the report.';
COMMENT ON COLUMN report.forgotten IS 'Whether the reporter''s digest was replaced by chance.';
CREATE INDEX report_unforgotten ON report (site_id, reported_at) WHERE NOT forgotten;
COMMENT ON INDEX report_unforgotten IS 'upkeep.OLD_REPORTERS: reports whose network is still known.';

CREATE TABLE lease (
    site_id     integer NOT NULL,
    comment_id  uuid NOT NULL,
    holder      text NOT NULL,
    taken_at    timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (site_id, comment_id),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE lease IS 'Who is looking at a pending comment; it returns to everybody by itself.';
CREATE INDEX lease_expiry ON lease (expires_at);
COMMENT ON INDEX lease_expiry IS 'tidy: leases that have run out.';

CREATE TABLE note (
    site_id     integer NOT NULL,
    id          uuid NOT NULL,
    comment_id  uuid NOT NULL,
    text        text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 1000),
    written_by  text NOT NULL,
    written_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, id),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE note IS 'What moderators tell one another about a comment.';
CREATE INDEX note_comment ON note (site_id, comment_id, id);
COMMENT ON INDEX note_comment IS 'notes.OF_COMMENT; and the foreign key to the comment.';

CREATE FUNCTION fold_words(written text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(
    regexp_replace(
        regexp_replace(
            normalize(written, NFKD),
            '[\u0300-\u036F\u0640\u064B-\u0655\u0670\u200B-\u200F\u2060\uFEFF]', '', 'g'),
        '([\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u3400-\u9FFF])', ' \1 ', 'g'),
    'يىكهة', 'ییکہہ');
COMMENT ON FUNCTION fold_words IS
    'Without accents, vowel marks and joiners, one letter for what Arabic and Urdu write in two ways, and the
scripts without spaces letter by letter, so that a word is found however it is typed.';

CREATE FUNCTION bare_words(folded text, article text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(folded, '(?<![\u0621-\u06D5])(' || article || ')(?=[\u0621-\u06D5]{3})', '', 'g');
COMMENT ON FUNCTION bare_words IS 'Without the Arabic article, where three letters or more stand behind it.';

CREATE FUNCTION found_by(written text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT to_tsvector('simple', f.folded)
           || CASE b.bare WHEN f.folded THEN '' ELSE to_tsvector('simple', b.bare) END
      FROM (SELECT fold_words(written)) AS f(folded), LATERAL bare_words(f.folded, '[وب]?ال|لل') AS b(bare));
COMMENT ON FUNCTION found_by IS
    'The words of a text and, behind them, all of them without articles, so that phrases are found either way.';

CREATE FUNCTION words_of(name text, written text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN setweight(found_by(name), 'A') || found_by(written);
COMMENT ON FUNCTION words_of IS 'What a comment is found by: the words of its author''s name (A) and of its text.';

CREATE TABLE search (
    site_id     integer NOT NULL,
    comment_id  uuid NOT NULL,
    words       tsvector NOT NULL,
    PRIMARY KEY (site_id, comment_id),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE search IS
    'The words of comments, written some seconds after them, so that a submission does not pay for it.';
CREATE INDEX search_words ON search USING gin (words) WITH (gin_pending_list_limit = 512);
COMMENT ON INDEX search_words IS
    'sources.BY_WORDS: comments that have these words. Its pending list stays short, so that no batch takes long.';

CREATE TABLE search_mark (
    site_id  integer PRIMARY KEY REFERENCES site ON DELETE CASCADE,
    until    uuid NOT NULL
);
COMMENT ON TABLE search_mark IS 'Up to which comment a site''s words are in search; what came later is read itself.';

CREATE FUNCTION keep_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever writes the index holds this lock alone: what it read before the change is then seen here.
    PERFORM pg_advisory_xact_lock_shared(hashtext('search'), NEW.site_id);
    UPDATE search SET words = words_of(NEW.name, NEW.text)
     WHERE site_id = NEW.site_id AND comment_id = NEW.id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION keep_search IS 'What an author changed or took back is not found by what it said before.';

CREATE TRIGGER comment_words_change
    AFTER UPDATE OF name, text ON comment
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.text IS DISTINCT FROM NEW.text)
    EXECUTE FUNCTION keep_search();

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
    role           text NOT NULL CHECK (role IN ('reader', 'moderator', 'admin')),
    all_sites      boolean NOT NULL,
    password_hash  text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    disabled_at    timestamptz,
    may_disclose       boolean NOT NULL DEFAULT false,
    totp               bytea CHECK (octet_length(totp) <= 200),
    totp_confirmed_at  timestamptz,
    totp_used          bigint NOT NULL DEFAULT 0,
    oidc_issuer        text CHECK (char_length(oidc_issuer) <= 255),
    oidc_subject       text CHECK (char_length(oidc_subject) <= 255),
    preferences        jsonb NOT NULL DEFAULT '{}',
    one_time_until     timestamptz,
    follows_groups     boolean NOT NULL DEFAULT false,
    CONSTRAINT moderator_oidc UNIQUE (oidc_issuer, oidc_subject)
);
CREATE UNIQUE INDEX moderator_called ON moderator (lower(name));
COMMENT ON INDEX moderator_called IS 'people.ID_BY_NAME: nobody is called as another in other letters.';
COMMENT ON TABLE moderator IS 'A person who decides. The password is an argon2id hash.';
COMMENT ON COLUMN moderator.all_sites IS 'Whether the moderator works for every site, or for moderator_site only.';
COMMENT ON COLUMN moderator.role IS 'What they are where moderator_site says nothing else.';
COMMENT ON COLUMN moderator.may_disclose IS 'Whether they may open e-mail addresses, each time audited.';
COMMENT ON COLUMN moderator.totp IS 'The sealed secret of their second factor (RFC 6238).';
COMMENT ON COLUMN moderator.totp_used IS 'The latest time step that a code was taken for: none is taken twice.';
COMMENT ON COLUMN moderator.follows_groups IS
    'Whether their provider''s groups say their role, at every sign-in, until a person says another.';
COMMENT ON COLUMN moderator.preferences IS 'Keys, language and looks of the console.';
COMMENT ON COLUMN moderator.one_time_until IS
    'Until when a password that somebody else made opens the way to an own one; null: it is their own.';

CREATE TABLE recovery_code (
    moderator_id  uuid NOT NULL REFERENCES moderator ON DELETE CASCADE,
    digest        bytea NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (moderator_id, digest)
);
COMMENT ON TABLE recovery_code IS 'Digests of codes that stand in for a lost second factor, each once.';

CREATE TABLE moderator_site (
    moderator_id  uuid NOT NULL REFERENCES moderator ON DELETE CASCADE,
    site_id       integer NOT NULL REFERENCES site ON DELETE CASCADE,
    role          text CHECK (role IN ('reader', 'moderator', 'admin')),
    PRIMARY KEY (moderator_id, site_id)
);
COMMENT ON TABLE moderator_site IS 'The only sites a moderator works for.';
COMMENT ON COLUMN moderator_site.role IS 'What they are on this site; null: as everywhere.';

CREATE TABLE session (
    digest        bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    moderator_id  uuid NOT NULL REFERENCES moderator ON DELETE CASCADE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    seen_at       timestamptz NOT NULL DEFAULT now(),
    expires_at    timestamptz NOT NULL,
    id            uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    agent         text CHECK (char_length(agent) <= 100),
    network       text CHECK (char_length(network) <= 64)
);
COMMENT ON TABLE session IS 'A signed-in browser, known by the SHA-256 of its cookie.';
COMMENT ON COLUMN session.agent IS 'Browser and system, as the browser says.';
COMMENT ON COLUMN session.network IS 'The network (/24 or /48) that it began in.';
CREATE INDEX session_moderator ON session (moderator_id);
COMMENT ON INDEX session_moderator IS 'Sessions of one moderator, to end them all.';

CREATE TABLE api_token (
    id          text PRIMARY KEY,
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
    scopes      text[] NOT NULL,
    site_id     integer REFERENCES site ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    revoked_at  timestamptz,
    name        text CHECK (char_length(name) BETWEEN 1 AND 64),
    made_by     text,
    used_at     timestamptz
);
COMMENT ON TABLE api_token IS 'A program''s bearer token, known by the SHA-256 of its secret.';
COMMENT ON COLUMN api_token.site_id IS 'The only site it works for; null: every site.';

CREATE TABLE saved_view (
    moderator_id  uuid NOT NULL REFERENCES moderator ON DELETE CASCADE,
    name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
    query         jsonb NOT NULL,
    saved_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (moderator_id, name)
);
COMMENT ON TABLE saved_view IS 'Filters and order of the queue that a moderator comes back to.';

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
CREATE INDEX decision_batch ON decision (site_id, batch_id, comment_id) WHERE batch_id IS NOT NULL;
COMMENT ON INDEX decision_batch IS 'batches.PAGE: every decision of one act, comment by comment.';
CREATE INDEX decision_automatic ON decision (site_id, action, id) WHERE automatic;
COMMENT ON INDEX decision_automatic IS 'brakes.EVIDENCE: what the policy decided.';

CREATE TABLE review (
    site_id       integer NOT NULL,
    decision_id   uuid NOT NULL,
    comment_id    uuid NOT NULL,
    decided_by    text NOT NULL,
    action        text NOT NULL CHECK (action IN ('approve', 'reject')),
    reason        text CHECK (reason IN ('spam', 'abuse', 'off_topic', 'other')),
    drawn_at      timestamptz NOT NULL DEFAULT now(),
    reviewed_by   text,
    reviewed_at   timestamptz,
    own_action    text CHECK (own_action IN ('approve', 'reject')),
    own_reason    text CHECK (own_reason IN ('spam', 'abuse', 'off_topic', 'other')),
    PRIMARY KEY (site_id, decision_id),
    FOREIGN KEY (site_id, decision_id) REFERENCES decision (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE review IS 'Decisions drawn for a second, blind one by somebody else, to see how far people agree.';
CREATE INDEX review_open ON review (site_id, drawn_at, decision_id) WHERE reviewed_at IS NULL;
COMMENT ON INDEX review_open IS 'reviews.OPEN: what waits for a second person.';
CREATE INDEX review_made ON review (site_id, reviewed_at) WHERE reviewed_at IS NOT NULL;
COMMENT ON INDEX review_made IS 'reviews.PAIRS: how far people agreed lately.';

CREATE TABLE selection (
    id          uuid PRIMARY KEY,
    made_by     text NOT NULL,
    query       jsonb NOT NULL,
    size        integer NOT NULL DEFAULT 0,
    choice      jsonb,
    made_at     timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
COMMENT ON TABLE selection IS 'What a query found at one moment: what comes later is not part of it.';
COMMENT ON COLUMN selection.choice IS 'What its maker decides on all of it; null: nothing yet.';
CREATE INDEX selection_expiry ON selection (expires_at);
COMMENT ON INDEX selection_expiry IS 'tidy: selections that have run out.';

CREATE TABLE selected (
    site_id       integer NOT NULL,
    selection_id  uuid NOT NULL REFERENCES selection ON DELETE CASCADE,
    comment_id    uuid NOT NULL,
    version       integer NOT NULL,
    outcome       text CHECK (outcome IN ('decided', 'passed')),
    PRIMARY KEY (site_id, selection_id, comment_id)
);
COMMENT ON TABLE selected IS 'The comments of a selection, each at the version that was found.';
COMMENT ON COLUMN selected.outcome IS 'Null: to be decided; passed: somebody was quicker, or it is gone.';
CREATE INDEX selected_open ON selected (selection_id, site_id, comment_id) WHERE outcome IS NULL;
COMMENT ON INDEX selected_open IS 'selections.OPEN: what of a selection is still to be decided.';
CREATE INDEX selected_selection ON selected (selection_id);
COMMENT ON INDEX selected_selection IS 'The foreign key to the selection.';

CREATE TABLE rule (
    site_id      integer NOT NULL REFERENCES site ON DELETE CASCADE,
    id           uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('campaign', 'host', 'author', 'network', 'text')),
    value        text NOT NULL CHECK (char_length(value) BETWEEN 1 AND 253),
    action       text NOT NULL CHECK (action IN ('approve', 'reject')),
    reason       text CHECK (reason IN ('spam', 'abuse', 'off_topic', 'other')),
    batch_id     uuid,
    made_by      text NOT NULL,
    made_at      timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    used         integer NOT NULL DEFAULT 0,
    PRIMARY KEY (site_id, id),
    CHECK (reason IS NULL OR action = 'reject')
);
COMMENT ON TABLE rule IS 'A decision on many comments that also holds, for a while, for those to come.';
COMMENT ON COLUMN rule.value IS 'A campaign''s id, a host, a keyed digest in hex, or folded words.';
CREATE INDEX rule_standing ON rule (site_id, expires_at) WHERE ended_at IS NULL;
COMMENT ON INDEX rule_standing IS 'rules.STANDING: what holds now.';

CREATE UNLOGGED TABLE event (
    site_id     integer NOT NULL,
    id          bigint GENERATED ALWAYS AS IDENTITY,
    xact        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind        text NOT NULL,
    comment_id  uuid NOT NULL,
    version     integer NOT NULL,
    actor       text,
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site_id, id)
);
COMMENT ON TABLE event IS
    'What consoles are told as it happens. Unlogged: they ask again after a crash, and the tables are the truth.';
COMMENT ON COLUMN event.xact IS 'Ids are given before commits: readers wait for the oldest open transaction.';
CREATE INDEX event_order ON event (xact, id);
COMMENT ON INDEX event_order IS 'events.AFTER, and tidy.';

CREATE TABLE audit_event (
    site_id  integer NOT NULL,
    id       bigint GENERATED ALWAYS AS IDENTITY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor    text NOT NULL,
    action   text NOT NULL,
    target   text,
    before   text,
    after    text,
    network     text,
    request_id  uuid,
    PRIMARY KEY (site_id, at, id)
);
COMMENT ON TABLE audit_event IS 'Who did what to what, and when. Nobody can change or delete a row.';
COMMENT ON COLUMN audit_event.site_id IS '0 where the event is about the installation, not one site.';
COMMENT ON COLUMN audit_event.at IS 'When it was recorded: what waited for a lock stands behind what did not.';
COMMENT ON COLUMN audit_event.network IS 
    'From where: the network (/24 or /48) of the request, or "command"; null: the service by itself.';
CREATE INDEX audit_event_action ON audit_event (site_id, action, at, id);
COMMENT ON INDEX audit_event_action IS 'audit.PAGE_OF_ACTIONS: where something was done.';
CREATE INDEX audit_event_actor ON audit_event (site_id, actor, action, at, id);
COMMENT ON INDEX audit_event_actor IS 'audit.PAGE_OF_ACTOR: what somebody did.';
CREATE INDEX audit_event_target ON audit_event (site_id, target);
COMMENT ON INDEX audit_event_target IS 'audit.PAGE_OF_TARGET: what was done to something.';

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

-- Metrics ------------------------------------------------------------------------------------------

CREATE TABLE hour (
    site_id             integer NOT NULL REFERENCES site ON DELETE CASCADE,
    begins_at           timestamptz NOT NULL,
    submitted           integer NOT NULL DEFAULT 0,
    approved            integer NOT NULL DEFAULT 0,
    rejected            integer NOT NULL DEFAULT 0,
    spam                integer NOT NULL DEFAULT 0,
    approved_by_policy  integer NOT NULL DEFAULT 0,
    rejected_by_policy  integer NOT NULL DEFAULT 0,
    undone              integer NOT NULL DEFAULT 0,
    waits               integer[] NOT NULL DEFAULT '{}',
    pending             integer,
    oldest_seconds      integer,
    PRIMARY KEY (site_id, begins_at)
);
COMMENT ON TABLE hour IS 'What an hour brought to a site: counted from comments and decisions while it is fresh.';
COMMENT ON COLUMN hour.rejected IS 'By people, for whatever reason; spam is how many of these were spam.';
COMMENT ON COLUMN hour.waits IS 'First decisions of people, by how long the comment had waited: a histogram.';
COMMENT ON COLUMN hour.pending IS 'How many waited when it was last looked at; null: nobody looked.';

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

-- Privacy -------------------------------------------------------------------------------------------

CREATE TABLE privacy_request (
    id          uuid PRIMARY KEY,
    site_id     integer REFERENCES site ON DELETE CASCADE,
    address     bytea CHECK (octet_length(address) <= 400),
    digest      bytea CHECK (octet_length(digest) = 16),
    asked_at    timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
COMMENT ON TABLE privacy_request IS
    'Somebody asked what is kept under an address: the link in the mail proves that it is theirs, once.';
COMMENT ON COLUMN privacy_request.site_id IS 'The only site that they asked about; null: every site.';
COMMENT ON COLUMN privacy_request.address IS 'Sealed; null once the link was used.';
COMMENT ON COLUMN privacy_request.digest IS 'Keyed digest of the address, to find what else waits for it.';
CREATE INDEX privacy_request_age ON privacy_request (expires_at);
COMMENT ON INDEX privacy_request_age IS 'tidy: requests whose time is over.';

CREATE TABLE outbox (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('privacy_link')),
    about      uuid NOT NULL,
    recipient  bytea CHECK (octet_length(recipient) <= 400),
    digest     bytea CHECK (octet_length(digest) = 16),
    language   text NOT NULL CHECK (char_length(language) <= 35),
    attempts   smallint NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL,
    made_at    timestamptz NOT NULL,
    failed_at  timestamptz
);
COMMENT ON TABLE outbox IS
    'Mails to be sent. What is sent is deleted; what cannot be sent keeps neither recipient nor digest.';
COMMENT ON COLUMN outbox.about IS 'What the mail is about: a privacy request.';
COMMENT ON COLUMN outbox.recipient IS 'The sealed address, opened at the moment of sending.';
COMMENT ON COLUMN outbox.next_at IS 'When to try; whoever tries moves it on first, so that a crash only delays.';
COMMENT ON COLUMN outbox.failed_at IS 'Since when nobody tries any more.';
CREATE INDEX outbox_due ON outbox (next_at) WHERE failed_at IS NULL;
COMMENT ON INDEX outbox_due IS 'outbox.CLAIM: what is to be sent now.';

CREATE TABLE erasure (
    site_id   integer NOT NULL,
    id        uuid NOT NULL,
    digests   bytea[] NOT NULL,
    until     uuid NOT NULL,
    asked_at  timestamptz NOT NULL,
    done_at   timestamptz,
    called    text CHECK (char_length(called) BETWEEN 1 AND 100),
    PRIMARY KEY (site_id, id)
);
COMMENT ON TABLE erasure IS
    'What was erased under which keyed digests. A file outside the database says the same: what it has and this
table has not is erased again before anybody is served, for then the database was restored.';
COMMENT ON COLUMN erasure.until IS 'Comments with smaller ids are erased; later ones were sent afterwards.';
COMMENT ON COLUMN erasure.done_at IS 'Null: still to be carried out.';
COMMENT ON COLUMN erasure.called IS
    'What published comments, whose texts stay, are signed with from then on; null: nothing of them stays.';
CREATE INDEX erasure_open ON erasure (site_id, id) WHERE done_at IS NULL;
COMMENT ON INDEX erasure_open IS 'erasures.OPEN: what was interrupted.';

CREATE FUNCTION forget_notes(site integer, comments uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    UPDATE decision d
       SET note = NULL, batch_id = CASE WHEN c.anonymised THEN NULL ELSE d.batch_id END
      FROM comment c
     WHERE d.site_id = site AND d.comment_id = ANY(comments)
           AND (d.note IS NOT NULL OR c.anonymised AND d.batch_id IS NOT NULL)
           AND c.site_id = d.site_id AND c.id = d.comment_id AND (c.gone_because = 'erased' OR c.anonymised);
END;
COMMENT ON FUNCTION forget_notes IS
    'The one change that decisions know: what was noted about an erased comment is forgotten, and which others
were decided with an anonymised one, for they may be by the same person. As their owner.';
REVOKE ALL ON FUNCTION forget_notes FROM PUBLIC;

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

CREATE TABLE used_proof (
    site_id     integer NOT NULL REFERENCES site ON DELETE CASCADE,
    nonce       bytea NOT NULL CHECK (octet_length(nonce) = 16),
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (site_id, nonce)
);
COMMENT ON TABLE used_proof IS
    'Challenges whose proof of work was used. Claimed in the statement that stores the comment, kept while they last.';
CREATE INDEX used_proof_expiry ON used_proof (expires_at);
COMMENT ON INDEX used_proof_expiry IS 'tidy: challenges that have run out.';

CREATE TABLE flood (
    site_id       integer PRIMARY KEY REFERENCES site ON DELETE CASCADE,
    tripped       boolean NOT NULL DEFAULT false,
    calm_since    timestamptz,
    pressure      integer NOT NULL DEFAULT 0,
    usual         double precision NOT NULL DEFAULT 0,
    threshold     double precision NOT NULL DEFAULT 0,
    checked_at    timestamptz NOT NULL DEFAULT now(),
    wanted        boolean,
    wanted_by     text,
    wanted_until  timestamptz,
    told          boolean NOT NULL DEFAULT false,
    told_at       timestamptz NOT NULL DEFAULT now(),
    CHECK ((wanted IS NULL) = (wanted_until IS NULL))
);
COMMENT ON TABLE flood IS 'Whether a site is flooded: as it is measured, and as somebody wants it for a while.';
COMMENT ON COLUMN flood.calm_since IS 'Since when it has been quiet enough to end by itself.';
COMMENT ON COLUMN flood.pressure IS 'Comments, and requests for a proof, of the last ten minutes.';
COMMENT ON COLUMN flood.wanted IS 'On or off by hand until wanted_until; null: as it is measured.';
COMMENT ON COLUMN flood.told IS 'What people were told last: each change is told once.';

CREATE UNLOGGED TABLE asked_proof (
    site_id    integer NOT NULL,
    begins_at  timestamptz NOT NULL,
    slot       smallint NOT NULL,
    asked      integer NOT NULL,
    PRIMARY KEY (site_id, begins_at, slot)
);
COMMENT ON TABLE asked_proof IS
    'Submissions that were asked for a proof, by minute: nothing of them is stored. Several slots, so that they do
not wait for one another. Unlogged: a crash empties it, which ends a flood sooner.';

INSERT INTO schema_version (version) VALUES (6);
