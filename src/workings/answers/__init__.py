"""What each verb's result says: `as_dict` for JSON, `blocks` for the page; one module a verb."""
