#compdef dbssd

_dbssd_zones() {
  local -a zones
  zones=(${(f)"$(awk '$1 == "Z" { print $2 } $1 == "L" { print $3 }' ${TZDIR:-/usr/share/zoneinfo}/tzdata.zi 2>/dev/null)"})
  compadd -a zones
}

_dbssd() {
  local -a commands policy output
  commands=(
    'run:do what the policy says, until stopped'
    'check:say what is wrong with the policy'
    'plan:print what run would do now'
    'next:print when schedules fire next'
    'history:print what became of each scheduled report'
    'status:print how everything stands'
    'trigger:ask for a report by hand'
    'wait:wait until an instance has been created'
    'version:print the version'
  )
  policy=('--policy[the policy to read]:policy:_files')
  output=('--output[the form of what is printed]:form:(text json)')
  local help='(- *)'{-h,--help}'[print help]'

  if ((CURRENT == 2)); then
    _describe command commands
    _arguments $help '--version[print the version]'
    return
  fi
  local command=${words[2]}
  shift words
  ((CURRENT--))
  case $command in
    run) _arguments $help $policy '--once[one cycle, then exit]' '--dry-run[change nothing]' ;;
    check) _arguments $help $policy $output '--online[also log in to each project]' ;;
    plan | status) _arguments $help $policy $output ;;
    next)
      _arguments $help $policy '--cron[a schedule of its own]:expression:' '--time-zone[the zone of --cron]:zone:_dbssd_zones' \
        '--window[also print this window]:window:(previous_day previous_week previous_month since_previous last\:24h)' \
        '--report[only this report]:name:' '--instance[what H is drawn for]:id:' '--from[only what is later]:time:' \
        '--count[how many of each]:number:' '--output[the form of what is printed]:form:(text json utc)'
      ;;
    history)
      _arguments $help $policy $output '--report[only this report]:name:' '--instance[only this instance]:id or name:' \
        '--project[only this project]:name:' '--from[scheduled then or later]:time:' '--to[scheduled before]:time:'
      ;;
    trigger)
      _arguments $help $policy $output '--report[the report]:name:' '*--instance[only on this instance]:id or name:' \
        '--project[only in this project]:name:' '--from[where the window begins]:time:' '--to[where it ends]:time:'
      ;;
    wait)
      _arguments $help $policy $output '--resource-id[the resource id of the order]:id:' \
        '--project[only ask this project]:name:' '--timeout[give up after so long]:duration:'
      ;;
    version) _arguments $help $output ;;
  esac
}

_dbssd "$@"
