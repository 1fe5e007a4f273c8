#include "ctextscan.h"

/* Everything is inline: a package target needs a file to compile. */
