#!/bin/sh
# The browser of the exam: its page answers at once.
exec curl --silent --location --max-time 10 --output /dev/null -- "$1"
