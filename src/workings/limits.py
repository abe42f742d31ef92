"""Every limit of workings, in one place.  Past one, an `InputTooLarge` names it and what was seen."""

MAX_TEXT = 8_000_000          # characters of one source
MAX_SHEET = 1_000_000         # characters of one exercise sheet: a book of 400 pages
MAX_LINES = 1_000_000         # lines of one source, ends of statements counted as well
MAX_LINE = 200_000            # characters of one statement
MAX_NESTING = 400             # brackets and functions inside one another
MAX_EQUATIONS = 500_000       # equations of one network
MAX_DIGITS = 400              # digits of one written number
MAX_EXPONENT = 4_096          # |exponent| that exact arithmetic follows: 9^9^9^9 is refused, not computed
MAX_BITS = 1_000_000          # size of one exact number
MAX_INDEX = 1_000_000         # values of one index when a network is run
MAX_UNITS = 24                # piecewise-linear units whose sign patterns are all listed
MAX_LISTED_EMPTY = 12         # above this many units empty patterns are counted, not listed
MAX_CELLS = 200_000           # cells that one `pieces` may hold with its lists
MAX_PATHS = 8                 # paths above which a chain rule is stated layer by layer
MAX_NAMED_ERRORS = 20         # problems listed before "and n more"
