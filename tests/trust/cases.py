"""Which tests show the cases T1–T94 of the threat model.

A test whose name begins with the id, such as `test_t64_…`, needs no line here.
"""

from typing import Final

ACCOUNT: Final = "tests/web/test_account.py"
AUDIT: Final = "tests/web/test_audit.py"
BODY: Final = "tests/web/test_body.py"
CLIENT: Final = "tests/web/test_client.py"
CONSOLE: Final = "tests/web/test_console.py"
DECIDE: Final = "tests/usecases/test_decide.py"
EMAIL: Final = "tests/model/test_email.py"
HOSTILE: Final = "tests/e2e/test_hostile_texts.py"
MODERATION: Final = "tests/web/test_moderation.py"
NAMES: Final = "tests/model/test_names.py"
PEOPLE: Final = "tests/web/test_people.py"
REPLAY: Final = "tests/cli/test_replay.py"
SESSIONS: Final = "tests/web/test_sessions.py"
SHELL: Final = "tests/web/test_shell.py"
SUBMIT: Final = "tests/usecases/test_submit.py"
SUBMITTING: Final = "tests/web/test_submitting.py"
TEXTS: Final = "tests/model/test_texts.py"
WEBSITES: Final = "tests/model/test_websites.py"
DEGRADED: Final = "tests/trust/test_degraded.py"

CASES: Final[dict[str, tuple[str, ...]]] = {
    "T1": (
        f"{HOSTILE}::test_every_payload_is_shown_as_it_was_written_and_does_nothing",
        f"{HOSTILE}::test_without_script_every_payload_is_only_text_too",
        f"{CONSOLE}::test_nothing_that_a_reader_writes_becomes_markup",
    ),
    "T2": (f"{HOSTILE}::test_every_payload_is_shown_as_it_was_written_and_does_nothing",),
    "T3": (
        f"{WEBSITES}::test_no_attribute_can_be_left_through_a_web_address",
        f"{HOSTILE}::test_every_payload_is_shown_as_it_was_written_and_does_nothing",
    ),
    "T4": (f"{WEBSITES}::test_only_http_and_https_are_schemes",),
    "T6": (
        f"{TEXTS}::test_ten_thousand_emoji_are_kept_and_one_more_is_refused_with_the_number",
        f"{SUBMITTING}::test_a_text_over_the_limit_is_refused_and_one_at_the_limit_is_kept",
    ),
    # Nobody edits what others wrote: the console has no box with a comment in it.
    "T7": (f"{CONSOLE}::test_nothing_that_a_reader_writes_becomes_markup",),
    # Subjects are ours, and an address cannot hold a line break (T21).
    "T10": (f"{NAMES}::test_no_control_character_and_no_line_break_gets_into_a_name",),
    "T11": (f"{SUBMITTING}::test_a_minimal_comment_is_accepted_and_stored",),
    "T12": (f"{SUBMITTING}::test_a_nul_in_any_field_is_a_field_error",),
    "T13": (f"{BODY}::test_what_is_no_json_object_in_utf8_is_refused_quickly",),
    "T14": (
        f"{BODY}::test_what_is_no_json_object_in_utf8_is_refused_quickly",
        f"{BODY}::test_another_charset_is_refused",
    ),
    "T15": (f"{BODY}::test_a_name_given_twice_is_refused_wherever_it_is",),
    "T17": (f"{BODY}::test_what_is_no_json_object_in_utf8_is_refused_quickly",),
    "T19": (f"{SUBMITTING}::test_what_is_not_a_json_object_in_utf8_is_refused",),
    "T20": (f"{SUBMITTING}::test_other_media_types_are_not_read",),
    "T21": (f"{EMAIL}::test_what_is_no_plain_address_is_refused",),
    "T22": (f"{EMAIL}::test_one_mailbox_has_one_canonical_form",),
    "T23": (f"{NAMES}::test_a_flood_is_refused_by_its_length_at_once",),
    "T24": (f"{NAMES}::test_a_name_that_nobody_can_see_is_refused",),
    "T25": (f"{NAMES}::test_direction_controls_and_hidden_characters_are_refused",),
    "T27": (f"{WEBSITES}::test_what_is_no_public_web_address_is_refused",),
    "T28": (f"{WEBSITES}::test_a_look_alike_shows_itself",),
    "T43": (
        f"{SUBMIT}::test_a_reply_needs_a_parent_that_readers_of_the_page_can_see",
        f"{SUBMITTING}::test_a_reply_needs_an_approved_parent_on_the_same_page",
    ),
    "T44": (
        f"{SESSIONS}::test_a_session_changes_nothing_for_another_sites_page",
        "tests/web/test_console_decisions.py::test_a_form_without_the_sessions_token_is_refused",
        "tests/web/test_console_decisions.py::test_a_form_of_another_site_is_refused",
    ),
    "T47": (
        f"{SESSIONS}::test_over_https_the_cookie_is_bound_to_the_host",
        "tests/usecases/test_sign_in.py::test_each_sign_in_is_another_session_and_signing_out_ends_one",
        f"{ACCOUNT}::test_a_changed_password_ends_every_other_session",
        f"{PEOPLE}::test_changed_rights_count_at_once_and_end_sessions",
    ),
    "T48": (
        f"{SESSIONS}::test_an_unknown_name_and_a_wrong_password_are_told_the_same",
        f"{SESSIONS}::test_the_sixth_failed_attempt_must_wait_and_success_does_not_count",
        "tests/usecases/test_passwords.py::test_nobody_takes_as_long_as_somebody",
    ),
    "T49": (
        f"{SESSIONS}::test_a_password_of_absurd_length_is_refused_unhashed",
        "tests/usecases/test_sign_in.py::test_a_strange_password_is_just_a_wrong_one",
    ),
    "T52": (
        f"{CLIENT}::test_a_trusted_proxys_word_is_read_from_the_right",
        f"{CLIENT}::test_a_thousand_hops_are_walked_quickly",
        f"{CLIENT}::test_a_strange_peer_has_a_bucket_too_and_is_not_trusted",
        f"{CLIENT}::test_no_header_makes_it_fail",
    ),
    "T53": (f"{CLIENT}::test_a_thousand_addresses_of_one_household_are_one_bucket",),
    "T60": (
        "tests/usecases/test_submit_screening.py::test_a_filter_that_raises_costs_a_label_and_never_the_comment",
        "tests/screening/test_screener.py::test_a_filter_in_trouble_costs_only_its_own_comment_a_label",
        "tests/screening/test_screener.py::test_where_no_process_comes_up_comments_are_not_kept_waiting_for_long",
    ),
    # There are no webhooks; the one address that is asked is the provider's, which the operator sets.
    "T71": ("tests/web/provider/test_signing_in.py::test_a_description_that_does_not_fit_is_not_followed",),
    "T72": (f"{SUBMITTING}::test_a_page_of_another_origin_is_its_own_error",),
    "T73": (
        f"{AUDIT}::test_an_apostrophe_leads_what_would_be_calculated",
        f"{AUDIT}::test_no_cell_is_a_formula_and_every_cell_is_read_back",
    ),
    "T74": ("tests/project/test_privacy.py::test_every_log_line_is_one_json_object",),
    # No XML and no archive is read: comments come in as JSON lines, by way of the API.
    "T75": (
        f"{REPLAY}::test_every_line_is_counted_by_its_answer_and_a_second_run_adds_nothing",
        f"{REPLAY}::test_a_line_that_is_no_object_is_named_before_anything_is_sent",
    ),
    "T76": ("tests/e2e/test_framed_thread.py::test_a_frame_is_as_high_as_its_page_and_heeds_nobody_else",),
    "T80": (
        f"{DECIDE}::test_of_ten_who_decide_at_once_one_wins_and_nine_are_told",
        f"{MODERATION}::test_of_two_at_once_one_wins_and_the_other_is_told",
    ),
    "T86": (f"{SUBMITTING}::test_fifty_posts_with_one_key_are_one_comment_and_fifty_equal_answers",),
    "T87": (f"{SUBMITTING}::test_a_key_used_for_another_text_is_refused",),
    "T88": (f"{SUBMIT}::test_a_key_names_one_submission_of_one_site",),
    "T89": (f"{DEGRADED}::test_a_submission_is_refused_whole_and_the_same_key_stores_it_later",),
    "T90": (f"{SUBMITTING}::test_a_malformed_key_is_refused",),
    "T91": (f"{SHELL}::test_a_handler_that_crashes_gives_a_problem_that_the_widget_can_read",),
    "T93": (
        f"{SHELL}::test_a_host_that_is_not_ours_is_refused_where_ours_is_known",
        "tests/web/test_problems.py::test_an_unknown_address_is_a_problem_and_never_a_redirect",
    ),
}
