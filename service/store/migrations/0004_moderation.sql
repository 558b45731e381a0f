-- What moderators, owners and authors need beyond a decision: leases, notes, reports, revisions, reviews,
-- selections, standing rules, live events, second factors, and an audit trail that says from where.

ALTER TABLE site
    ADD COLUMN title text CHECK (char_length(title) BETWEEN 1 AND 200),
    ADD COLUMN respond_hours integer NOT NULL DEFAULT 24 CHECK (respond_hours BETWEEN 1 AND 720),
    ADD COLUMN edit_minutes integer NOT NULL DEFAULT 15 CHECK (edit_minutes BETWEEN 0 AND 10080),
    ADD COLUMN review_share double precision NOT NULL DEFAULT 0 CHECK (review_share BETWEEN 0 AND 1),
    ADD COLUMN keep_rejected_days integer CHECK (keep_rejected_days > 0),
    ADD COLUMN keep_contacts_days integer CHECK (keep_contacts_days > 0),
    ADD COLUMN settings_version integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN site.title IS 'What people call it; null: its slug.';
COMMENT ON COLUMN site.respond_hours IS 'Within how long a comment should be decided.';
COMMENT ON COLUMN site.edit_minutes IS 'How long authors may change what they wrote; 0: not at all.';
COMMENT ON COLUMN site.review_share IS 'Of people''s decisions, the share that a second person makes again, blind.';
COMMENT ON COLUMN site.keep_rejected_days IS 'Rejected comments are emptied so long after they were sent; null: never.';
COMMENT ON COLUMN site.keep_contacts_days IS 'E-mail addresses are deleted so long after they were sent; null: never.';
COMMENT ON COLUMN site.settings_version IS 'Grows with each change of the settings; a change names the one it saw.';

ALTER TABLE comment
    DROP CONSTRAINT comment_name_check,
    DROP CONSTRAINT comment_text_check,
    ADD COLUMN due_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    ADD COLUMN assigned_to text CHECK (char_length(assigned_to) <= 64),
    ADD COLUMN escalated_at timestamptz,
    ADD COLUMN edited_at timestamptz,
    ADD COLUMN appealed_at timestamptz,
    ADD COLUMN appeal text CHECK (char_length(appeal) <= 500),
    ADD COLUMN open_reports integer NOT NULL DEFAULT 0 CHECK (open_reports >= 0),
    ADD COLUMN gone_at timestamptz,
    ADD COLUMN gone_because text CHECK (gone_because IN ('withdrawn', 'erased', 'expired')),
    ADD CONSTRAINT comment_name_check CHECK (char_length(name) <= 100 AND (name <> '' OR gone_at IS NOT NULL)),
    ADD CONSTRAINT comment_text_check CHECK (char_length(text) <= 10000 AND (text <> '' OR gone_at IS NOT NULL)),
    ADD CONSTRAINT comment_gone_check CHECK ((gone_at IS NULL) = (gone_because IS NULL));
UPDATE comment SET due_at = created_at + interval '24 hours';
COMMENT ON COLUMN comment.due_at IS 'Until when somebody should have decided.';
COMMENT ON COLUMN comment.assigned_to IS 'The moderator it was passed to; null: anybody.';
COMMENT ON COLUMN comment.escalated_at IS 'Since when it waits for an admin.';
COMMENT ON COLUMN comment.edited_at IS 'When its author last changed it; earlier texts are in revision.';
COMMENT ON COLUMN comment.appealed_at IS 'When its author asked for a second look, which is granted once.';
COMMENT ON COLUMN comment.appeal IS 'What its author said when asking for a second look.';
COMMENT ON COLUMN comment.open_reports IS 'Readers'' reports since somebody last looked.';
COMMENT ON COLUMN comment.gone_at IS
    'Since when it is a tombstone: its text, name and address are gone. What was pending is rejected then.';
COMMENT ON COLUMN comment.version IS
    'Grows with each decision and with what its author does; a decision names the version it saw.';
COMMENT ON COLUMN comment.decided_by IS
    'Whose decision its status is; null while it is pending, and when it is gone.';

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

DROP INDEX decision_batch;
CREATE INDEX decision_batch ON decision (site_id, batch_id, comment_id) WHERE batch_id IS NOT NULL;
COMMENT ON INDEX decision_batch IS 'batches.PAGE: every decision of one act, comment by comment.';

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
    PRIMARY KEY (site_id, comment_id, reporter),
    FOREIGN KEY (site_id, comment_id) REFERENCES comment (site_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE report IS 'Readers who think that a published comment should be looked at again.';
COMMENT ON COLUMN report.reporter IS 'Keyed digest of the network it came from: one report each.';
COMMENT ON COLUMN report.resolved_at IS 'When a moderator rejected the comment or dismissed the report.';

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

CREATE FUNCTION words_of(name text, written text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN setweight(to_tsvector('simple', fold_words(name)), 'A') || to_tsvector('simple', fold_words(written));
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

ALTER TABLE moderator
    DROP CONSTRAINT moderator_role_check,
    ADD CONSTRAINT moderator_role_check CHECK (role IN ('reader', 'moderator', 'admin')),
    ALTER COLUMN password_hash DROP NOT NULL,
    ADD COLUMN may_disclose boolean NOT NULL DEFAULT false,
    ADD COLUMN totp bytea CHECK (octet_length(totp) <= 200),
    ADD COLUMN totp_confirmed_at timestamptz,
    ADD COLUMN totp_used bigint NOT NULL DEFAULT 0,
    ADD COLUMN oidc_issuer text CHECK (char_length(oidc_issuer) <= 255),
    ADD COLUMN oidc_subject text CHECK (char_length(oidc_subject) <= 255),
    ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN one_time_until timestamptz,
    ADD COLUMN follows_groups boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT moderator_oidc UNIQUE (oidc_issuer, oidc_subject);
CREATE UNIQUE INDEX moderator_called ON moderator (lower(name));
COMMENT ON INDEX moderator_called IS 'people.ID_BY_NAME: nobody is called as another in other letters.';
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

ALTER TABLE moderator_site
    ADD COLUMN role text CHECK (role IN ('reader', 'moderator', 'admin'));
COMMENT ON COLUMN moderator_site.role IS 'What they are on this site; null: as everywhere.';

ALTER TABLE session
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN agent text CHECK (char_length(agent) <= 100),
    ADD COLUMN network text CHECK (char_length(network) <= 64);
COMMENT ON COLUMN session.agent IS 'Browser and system, as the browser says.';
COMMENT ON COLUMN session.network IS 'The network (/24 or /48) that it began in.';

ALTER TABLE api_token
    ADD COLUMN name text CHECK (char_length(name) BETWEEN 1 AND 64),
    ADD COLUMN made_by text,
    ADD COLUMN used_at timestamptz;

CREATE TABLE saved_view (
    moderator_id  uuid NOT NULL REFERENCES moderator ON DELETE CASCADE,
    name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
    query         jsonb NOT NULL,
    saved_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (moderator_id, name)
);
COMMENT ON TABLE saved_view IS 'Filters and order of the queue that a moderator comes back to.';

ALTER TABLE audit_event
    ADD COLUMN network text,
    ADD COLUMN request_id uuid;
COMMENT ON COLUMN audit_event.network IS 
    'From where: the network (/24 or /48) of the request, or "command"; null: the service by itself.';
CREATE INDEX audit_event_actor ON audit_event (actor, id);
COMMENT ON INDEX audit_event_actor IS 'audit.PAGE: what somebody did.';
CREATE INDEX audit_event_target ON audit_event (target, id);
COMMENT ON INDEX audit_event_target IS 'audit.PAGE: what was done to something.';

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
