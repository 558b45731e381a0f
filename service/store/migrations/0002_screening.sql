-- Policies and terms with a history, what screening knew and said, campaigns, and the learner.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

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

INSERT INTO policy (site_id, version, weights, set_by)
SELECT id, 1, weights, 'migration' FROM site;
ALTER TABLE site
    DROP COLUMN weights,
    ADD COLUMN policy_version integer NOT NULL DEFAULT 1,
    ADD COLUMN terms_version integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN site.policy_version IS 'The policy that counts now.';
COMMENT ON COLUMN site.terms_version IS 'Grows with each change of the site''s terms.';

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

-- Exact as computed, so that a stored bill adds up to the stored score.
ALTER TABLE comment
    ALTER COLUMN score TYPE double precision,
    ADD COLUMN severity smallint NOT NULL DEFAULT 0 CHECK (severity BETWEEN 0 AND 3),
    ADD COLUMN reason text CHECK (reason IN ('spam', 'abuse', 'off_topic', 'other')),
    ADD COLUMN decided_by text CHECK (decided_by IN ('person', 'policy')),
    ADD COLUMN unseen boolean NOT NULL DEFAULT false,
    ADD COLUMN policy_version integer NOT NULL DEFAULT 1,
    ADD COLUMN terms_version integer NOT NULL DEFAULT 0,
    ADD COLUMN facts jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN learned double precision CHECK (learned BETWEEN 0 AND 1),
    ADD COLUMN network bytea CHECK (octet_length(network) = 16),
    ADD COLUMN campaign_id uuid,
    ADD COLUMN recheck_at timestamptz,
    ADD COLUMN rechecks smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN comment.score IS 'The sum of the points of its signals about spam.';
COMMENT ON COLUMN comment.severity IS 'The worst of its words: 0 none, 1 vulgar, 2 strong, 3 slur.';
COMMENT ON COLUMN comment.reason IS 'Why it is rejected, while it is.';
COMMENT ON COLUMN comment.decided_by IS 'Whose decision its status is; null while it is pending.';
COMMENT ON COLUMN comment.unseen IS 'People decide it without the bill, to measure the advice.';
COMMENT ON COLUMN comment.facts IS 'What screening knew beside the words: with them the bill can be made again.';
COMMENT ON COLUMN comment.learned IS 'The probability of spam that the learner gave; null while it was silent.';
COMMENT ON COLUMN comment.network IS 'Keyed digest of the network it came from; forgotten after some weeks.';
COMMENT ON COLUMN comment.campaign_id IS 'The first comment of those that say nearly the same.';
COMMENT ON COLUMN comment.recheck_at IS 'When screening should look again; null: nothing to look for.';

UPDATE comment c
   SET reason = d.reason, decided_by = 'person'
  FROM decision d
 WHERE d.site_id = c.site_id AND d.comment_id = c.id AND d.version = c.version AND c.status <> 'pending';

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

DROP INDEX contact_digest;
CREATE INDEX contact_digest ON contact (site_id, digest, comment_id);
COMMENT ON INDEX contact_digest IS 'The same author''s comments, latest first: history, export and erasure.';

ALTER TABLE signal
    ALTER COLUMN strength TYPE double precision,
    ALTER COLUMN weight TYPE double precision,
    ADD COLUMN axis text NOT NULL DEFAULT 'spam' CHECK (axis IN ('spam', 'profanity')),
    ADD COLUMN severity smallint NOT NULL DEFAULT 0 CHECK (severity BETWEEN 0 AND 3);
UPDATE signal SET axis = 'profanity', severity = 2 WHERE name = 'profanity';

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

ALTER TABLE decision
    ADD COLUMN automatic boolean NOT NULL DEFAULT false,
    ADD COLUMN batch_id uuid;
COMMENT ON COLUMN decision.automatic IS 'Whether the policy decided; such decisions teach nothing.';
COMMENT ON COLUMN decision.batch_id IS 'What one act on many comments has in common, to undo it as one.';
CREATE INDEX decision_batch ON decision (site_id, batch_id) WHERE batch_id IS NOT NULL;
COMMENT ON INDEX decision_batch IS 'campaigns.LOCK_BATCH: every decision of one act.';
CREATE INDEX decision_automatic ON decision (site_id, action, id) WHERE automatic;
COMMENT ON INDEX decision_automatic IS 'brakes.EVIDENCE: what the policy decided.';

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
