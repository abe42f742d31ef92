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
MAX_LISTED_EMPTY = 12         # above this many units empty patterns are counted, not listed
MAX_CELLS = 200_000           # cells that one `pieces` may hold with its lists
MAX_PARAMETERS = 200_000_000  # numbers of one imported network
MAX_MODEL = 2_000_000_000     # bytes of one file of a network, its external data counted as well
MAX_PATHS = 8                 # paths above which a chain rule is stated layer by layer

# Budgets: past one, an answer is left out or "undecided", and says so
TEX_TOKENS = 400_000          # of one file, and of what its macros bring
TEX_LOOKED = 50_000           # tokens looked through for the end of a group or formula
TEX_WORK = 4_000_000          # tokens looked at in all of these looks together
TEX_PROBLEMS = 100            # places that cannot be read before the file is refused
TEX_EXPANSIONS = 40_000       # macros put in, in one file
REPAIR_CANDIDATES = 64        # repairs that are tried for one contradiction
EVALUATION_WORK = 300_000_000 # bits times values that one rung may cost
ARRAY_AXES = 6                # axes of one array
VERIFY_WORK = 60_000          # lines times equations above which a derivation is not tried
PATH_LENGTH = 24              # edges of one path, above which the chain rule is stated layer by layer
POLYNOMIAL_TERMS = 6_000      # terms of one polynomial
POLYNOMIAL_PRODUCT = 200_000  # products of terms in one multiplication
POLYNOMIAL_STEPS = 400_000    # about two seconds of arithmetic
SEARCH_WORK = 8_000           # steps of evaluation in one search
UNROLLED_TERMS = 4_000        # terms of one sum written out at a size
UNROLLED_STEPS = 100          # nodes for each entry, at most, on the average
CHECK_CELLS = 260             # sign patterns walked for one equality
CHECK_REFINEMENTS = 12        # rounds in which new units may appear in a pattern
SLIP_NODES = 60_000           # nodes of all trees tried
SLIP_NAMES = 40               # names tried in the place of another
POWER_BITS = 60_000           # size of a number's power in a search for a counterexample
NOTICED_EQUATIONS = 300       # equations above which no pair is looked for
FEASIBLE_ROWS = 600           # inequalities of one elimination
SYMMETRY_PIECES = 512         # above this many pieces no symmetry is looked for
SYMMETRY_OVERLAID = 24        # up to so many, one is looked for that does not take pieces to pieces
NAMED_MAPS = 20_000           # maps of named quantities, over all regions, that one answer holds
MERGED_NODES = 5_000          # nodes of right sides compared after substitution
APPLIED_NODES = 200_000       # nodes of an expression once arguments are put in
