# bash completion for dbssd                                     -*- shell-script -*-

_dbssd_zones() {
  awk '$1 == "Z" { print $2 } $1 == "L" { print $3 }' "${TZDIR:-/usr/share/zoneinfo}/tzdata.zi" 2>/dev/null
}

_dbssd() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' word words
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then
      command=$word
      break
    fi
  done

  case $previous in
    --policy)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --output)
      words='text json'
      [[ $command == next ]] && words+=' utc'
      ;;
    --time-zone) words=$(_dbssd_zones) ;;
    --window) words='previous_day previous_week previous_month since_previous last:24h' ;;
    --timeout) words='0s 15m 1h' ;;
    --from | --to) words=$(date -u +%Y-%m-%dT00:00:00Z) ;;
    --cron | --report | --instance | --project | --resource-id | --count) return ;;
    *)
      case $command in
        '') words='run check plan next history status trigger wait version --help --version' ;;
        run) words='--policy --once --dry-run --help' ;;
        check) words='--policy --online --output --help' ;;
        plan | status) words='--policy --output --help' ;;
        next) words='--policy --cron --time-zone --window --report --instance --from --count --output --help' ;;
        history) words='--policy --report --instance --project --from --to --output --help' ;;
        trigger) words='--policy --report --project --instance --from --to --output --help' ;;
        wait) words='--policy --resource-id --project --timeout --output --help' ;;
        version) words='--output --help' ;;
        *) return ;;
      esac
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _dbssd dbssd
