# Runs a command of this repository, such as `node apps/intake/src/main.ts`, once its dependencies are installed. `npm run`
# puts node_modules/.bin first on PATH. With `exec` here and in package.json the shells become the command, which gets all signals.
node scripts/set-up.mjs -- "$@" || case $? in
  100) exit 0 ;; # Answered, without its dependencies.
  *) exit 1 ;;
esac
# The shell may remember a `node` from before the installation.
hash -r
exec "$@"
