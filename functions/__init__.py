"""One module per Lambda function: unwrap, call, log.

What a function makes when it starts stays, thousands of classes and schemas; to look through them for garbage again and
again takes a thirtieth of the start. So it is looked for when a hundred thousand objects are new, not two thousand.
"""

import gc

gc.set_threshold(100_000, 50, 50)
