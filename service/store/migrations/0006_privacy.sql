-- Consent, export and erasure by address, and a ledger that later restores replay.

ALTER TABLE report ADD COLUMN forgotten boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN report.forgotten IS 'Whether the reporter''s digest was replaced by chance.';
CREATE INDEX report_unforgotten ON report (site_id, reported_at) WHERE NOT forgotten;
COMMENT ON INDEX report_unforgotten IS 'upkeep.OLD_REPORTERS: reports whose network is still known.';

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

ALTER TABLE comment ADD COLUMN anonymised boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN comment.anonymised IS
    'Whether it stays without a tie to its author, who asked for that: nobody can act as its author any more.';

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

ALTER TABLE audit_event ALTER COLUMN at SET DEFAULT clock_timestamp();
COMMENT ON COLUMN audit_event.at IS 'When it was recorded: what waited for a lock stands behind what did not.';
ALTER TABLE audit_event DROP CONSTRAINT audit_event_pkey;
ALTER TABLE audit_event ADD PRIMARY KEY (site_id, at, id);
DROP INDEX audit_event_actor;
DROP INDEX audit_event_target;
CREATE INDEX audit_event_action ON audit_event (site_id, action, at, id);
COMMENT ON INDEX audit_event_action IS 'audit.PAGE_OF_ACTIONS: where something was done.';
CREATE INDEX audit_event_actor ON audit_event (site_id, actor, action, at, id);
COMMENT ON INDEX audit_event_actor IS 'audit.PAGE_OF_ACTOR: what somebody did.';
CREATE INDEX audit_event_target ON audit_event (site_id, target);
COMMENT ON INDEX audit_event_target IS 'audit.PAGE_OF_TARGET: what was done to something.';

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

CREATE OR REPLACE FUNCTION words_of(name text, written text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN setweight(found_by(name), 'A') || found_by(written);
-- The chore writes the words anew; until then the texts themselves are read.
TRUNCATE search;
DELETE FROM search_mark;
