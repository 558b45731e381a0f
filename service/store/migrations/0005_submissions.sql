-- What a site asks of a submission, and what it asks more when it is flooded.
ALTER TABLE site
    ADD COLUMN name_required boolean NOT NULL DEFAULT true,
    ADD COLUMN email_required boolean NOT NULL DEFAULT true,
    ADD COLUMN website_shown boolean NOT NULL DEFAULT true,
    ADD COLUMN comment_first boolean NOT NULL DEFAULT true,
    ADD COLUMN consent_text text CHECK (char_length(consent_text) BETWEEN 1 AND 500),
    ADD COLUMN consent_url text CHECK (octet_length(consent_url) <= 8192),
    ADD CONSTRAINT site_consent_check CHECK (consent_url IS NULL OR consent_text IS NOT NULL);
COMMENT ON COLUMN site.name_required IS 'Whether a comment needs a name; without one it is by Anonymous.';
COMMENT ON COLUMN site.email_required IS 'Whether a comment needs an e-mail address; without one it has no contact.';
COMMENT ON COLUMN site.website_shown IS 'Whether the form has a field for the author''s website.';
COMMENT ON COLUMN site.comment_first IS 'Whether the form begins with the comment, or ends with it.';
COMMENT ON COLUMN site.consent_text IS
    'What authors agree to, [the words of the link] in brackets; null: they are not asked.';

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
