-- A site's rules can change while a hundred thousand comments wait: they are marked a page at a time.

ALTER TABLE site ADD COLUMN renew_after uuid;
COMMENT ON COLUMN site.renew_after IS
    'Pending comments after this one are still to be marked for another look; null: none are.';
COMMENT ON INDEX comment_queue IS
    'comments.QUEUE_PAGE: pending comments of a site, oldest first; and rechecks.RENEW.';
