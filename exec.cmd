@rem What "exec" is to a POSIX shell, for the scripts in package.json: see docs/decisions/npm-and-ctrl-c.md
@%*
