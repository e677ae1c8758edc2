#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "policy/words.h"

namespace dbssd::cli {
namespace {

constexpr int kMaxCount = 1'000'000;

void add_policy(CLI::App& command, std::string& policy) {
  command.add_option("--policy", policy, "The policy to read")->type_name("FILE")->capture_default_str();
}

const std::vector<std::pair<std::string, Output>> kForms{{"text", Output::text}, {"json", Output::json}};
const std::vector<std::pair<std::string, Output>> kFormsOfNext{
    {"text", Output::text}, {"json", Output::json}, {"utc", Output::utc}};

void add_output(CLI::App& command, Output& output, const std::vector<std::pair<std::string, Output>>& forms) {
  std::vector<std::string> names;
  names.reserve(forms.size());
  for (const auto& [name, form] : forms) names.push_back(name);
  const auto choose = [&output, &forms](const std::string& chosen) {
    for (const auto& [name, form] : forms) {
      if (name == chosen) output = form;
    }
  };
  command
      .add_option_function<std::string>("--output", choose,
                                        "The form of what is printed; text unless said otherwise")
      ->type_name(CLI::detail::join(names, "|"))
      ->check(CLI::IsMember(names).description(""));
}

/// A line each, as it is typed; what comes after two spaces says what it is for.
void add_examples(CLI::App& command, const std::vector<std::pair<std::string, std::string>>& examples) {
  std::size_t width = 0;
  for (const auto& [line, purpose] : examples) width = std::max(width, line.size());
  std::string text = "Examples:";
  for (const auto& [line, purpose] : examples)
    text += "\n  " + line + std::string(width - line.size() + 2, ' ') + purpose;
  command.footer(text);
}

CLI::App* add_run(CLI::App& app, RunArguments& into) {
  CLI::App* command = app.add_subcommand("run", "Do what the policy says, until stopped");
  add_examples(*command,
               {{"dbssd run", "what the service does"},
                {"dbssd run --once", "for a timer of your own: exits when all is done"},
                {"dbssd run --dry-run --policy new.yaml", "what a new policy would do, again and again"}});
  add_policy(*command, into.policy);
  command->add_flag("--once", into.once, "One cycle over every project, then exit");
  command->add_flag("--dry-run", into.dry_run,
                    "Ask the cloud and log what would be done, but change nothing");
  return command;
}

CLI::App* add_check(CLI::App& app, CheckArguments& into) {
  CLI::App* command =
      app.add_subcommand("check", "Say what is wrong with the policy, and what its schedules mean");
  add_examples(*command, {{"dbssd check --policy new.yaml", "before it goes to /etc/dbssd"},
                          {"dbssd check --online", "also whether each project lets it in"},
                          {"dbssd check --output json", "for an editor or a pipeline"}});
  add_policy(*command, into.policy);
  command->add_flag("--online", into.online, "Also log in to each project and list one page of it");
  add_output(*command, into.output, kForms);
  return command;
}

CLI::App* add_plan(CLI::App& app, PlanArguments& into) {
  CLI::App* command =
      app.add_subcommand("plan", "Print what run would do now, each decision with its reason");
  add_examples(*command, {{"dbssd plan", "what is about to happen, and why"},
                          {"dbssd plan --policy new.yaml", "what a new policy would make of the fleet"}});
  add_policy(*command, into.policy);
  add_output(*command, into.output, kForms);
  return command;
}

/// Kept as text: CLI11 knows nothing of instants.
CLI::Option* add_time(CLI::App& command, const std::string& name, std::string& text,
                      const std::string& what) {
  return command.add_option(name, text, what)
      ->type_name("YYYY-MM-DDThh:mm:ssZ")
      ->check([](const std::string& given) {
        return parse_utc(given) ? std::string()
                                : "'" + given + "' is no time of the form 2025-03-08T12:00:00Z";
      });
}

CLI::App* add_next(CLI::App& app, NextArguments& into, std::string& from) {
  CLI::App* command =
      app.add_subcommand("next", "Print when a schedule, or each of the policy's, fires next");
  add_examples(*command,
               {{"dbssd next", "the next times of each report of the policy"},
                {"dbssd next --report daily-sox --count 30", "a month of one of them"},
                {"dbssd next --cron '30 2 * * *' --time-zone Europe/Berlin", "an expression on its own"}});
  add_policy(*command, into.policy);
  CLI::Option* cron =
      command->add_option("--cron", into.cron, "A schedule of its own instead of the policy's");
  cron->type_name("EXPR");
  command->add_option("--time-zone", into.time_zone, "The zone of --cron; UTC unless said otherwise")
      ->type_name("ZONE")
      ->needs(cron);
  command->add_option("--window", into.window, "Also print this window: previous_day, last:24h, …")
      ->type_name("WINDOW")
      ->needs(cron);
  command->add_option("--report", into.report, "Only this report; beside --cron, what H is drawn from")
      ->type_name("NAME");
  command->add_option("--instance", into.instance, "The instance that H is drawn for")->type_name("ID");
  add_time(*command, "--from", from, "Only what is later than this; now unless said otherwise");
  command->add_option("--count", into.count, "How many times of each schedule")
      ->type_name("N")
      ->check(CLI::Range(1, kMaxCount).description(""))
      ->capture_default_str();
  add_output(*command, into.output, kFormsOfNext);
  return command;
}

CLI::App* add_history(CLI::App& app, HistoryArguments& into, std::string& from, std::string& to) {
  CLI::App* command = app.add_subcommand(
      "history", "Print what became of each scheduled report, and which time the finished ones cover");
  add_examples(*command,
               {{"dbssd history", "the last month; exits with 1 where there is a gap"},
                {"dbssd history --report daily-sox --from 2025-01-01T00:00:00Z", "since the new year"},
                {"dbssd history --instance prod-orders-01 --output json", "for an auditor's script"}});
  add_policy(*command, into.policy);
  command->add_option("--report", into.report, "Only this report")->type_name("NAME");
  command->add_option("--instance", into.instance, "Only this instance, or those of this name")
      ->type_name("ID|NAME");
  command->add_option("--project", into.project, "Only this project")->type_name("NAME");
  add_time(*command, "--from", from, "Only what was scheduled then or later; 31 days before --to otherwise");
  add_time(*command, "--to", to, "Only what was scheduled before; up to now unless said otherwise");
  add_output(*command, into.output, kForms);
  return command;
}

CLI::App* add_status(CLI::App& app, StatusArguments& into) {
  CLI::App* command =
      app.add_subcommand("status", "Print how the fleet and its reports stand, and what is wrong");
  add_examples(*command, {{"dbssd status", "exits with 1 where something is wrong"},
                          {"watch -n 10 dbssd status", "while something is repaired"}});
  add_policy(*command, into.policy);
  add_output(*command, into.output, kForms);
  return command;
}

CLI::App* add_trigger(CLI::App& app, TriggerArguments& into, std::string& begin, std::string& end) {
  CLI::App* command =
      app.add_subcommand("trigger", "Ask for a report by hand: once more, or for a window of your own");
  add_examples(*command, {{"dbssd trigger --report daily-sox", "the newest window once more"},
                          {"dbssd trigger --report sox --from 2025-03-08T00:00:00Z --to 2025-03-09T00:00:00Z",
                           "to fill a gap that history has named"}});
  add_policy(*command, into.policy);
  command->add_option("--report", into.report, "The report, by its name in the policy")
      ->type_name("NAME")
      ->required();
  command->add_option("--project", into.project, "Only on instances of this project")->type_name("NAME");
  command->add_option("--instance", into.instances, "Only on this instance; can be given more than once")
      ->type_name("ID|NAME");
  CLI::Option* from =
      add_time(*command, "--from", begin,
               "Where the window begins; without it, the window is that of the newest scheduled time");
  CLI::Option* to = add_time(*command, "--to", end, "Where it ends; this instant is not in it");
  from->needs(to);
  to->needs(from);
  add_output(*command, into.output, kForms);
  return command;
}

CLI::App* add_wait(CLI::App& app, WaitArguments& into, std::string& timeout) {
  CLI::App* command = app.add_subcommand("wait", "Wait until an instance that was ordered has been created");
  add_examples(*command, {{"dbssd wait --resource-id 2c154fdd-0d43-47b7-9cf1-5236bf6a2ca7", "after an order"},
                          {"dbssd wait --resource-id 2c154fdd-0d43-47b7-9cf1-5236bf6a2ca7 --timeout 0s",
                           "only how it stands"}});
  add_policy(*command, into.policy);
  command->add_option("--resource-id", into.resource_id, "The resource id that the order was answered with")
      ->type_name("ID")
      ->required()
      ->check([](const std::string& given) { return policy::cloud_id(given).value_or(std::string()); });
  command->add_option("--project", into.project, "Only ask this project")->type_name("NAME");
  command
      ->add_option("--timeout", timeout,
                   "Give up after so long; creation_jobs.deadline of the policy unless said otherwise")
      ->type_name("DURATION")
      ->check([](const std::string& given) {
        return policy::parse_duration(given) ? std::string()
                                             : "'" + given + "' is no duration of the form 90s, 15m or 1h30m";
      });
  add_output(*command, into.output, kForms);
  return command;
}

CLI::App* add_version(CLI::App& app, VersionArguments& into) {
  CLI::App* command = app.add_subcommand("version", "Print the version of dbssd and of what it is made of");
  add_output(*command, into.output, kForms);
  return command;
}

}  // namespace

tl::expected<Arguments, std::string> parse_arguments(std::span<const char* const> argv) {
  CLI::App app("Keeps DBSS audit instances running and their reports coming, as a policy says.", "dbssd");
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "Print this help");
  app.footer(
      "Each command has a --help of its own. The manual: dbssd(8), dbssd-policy(5), dbssd-schedule(7).");
  app.set_version_flag("--version", "", "Print the version, as the command does");

  RunArguments run;
  CheckArguments check;
  PlanArguments plan;
  NextArguments next;
  HistoryArguments history;
  StatusArguments status;
  TriggerArguments trigger;
  WaitArguments wait;
  VersionArguments version;
  std::string next_from, history_from, history_to, trigger_from, trigger_to, wait_timeout;
  const CLI::App* const run_command = add_run(app, run);
  const CLI::App* const check_command = add_check(app, check);
  const CLI::App* const plan_command = add_plan(app, plan);
  const CLI::App* const next_command = add_next(app, next, next_from);
  const CLI::App* const history_command = add_history(app, history, history_from, history_to);
  const CLI::App* const status_command = add_status(app, status);
  const CLI::App* const trigger_command = add_trigger(app, trigger, trigger_from, trigger_to);
  const CLI::App* const wait_command = add_wait(app, wait, wait_timeout);
  const CLI::App* const version_command = add_version(app, version);

  try {
    app.parse(static_cast<int>(argv.size()), argv.data());
  } catch (const CLI::CallForHelp&) {
    return HelpArguments{app.help()};
  } catch (const CLI::CallForVersion&) {
    return version;
  } catch (const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    return tl::unexpected(std::string(error.what()) + "\nTry 'dbssd " +
                          (chosen.empty() ? "" : chosen.front()->get_name() + " ") + "--help'.");
  }
  if (run_command->parsed()) return run;
  if (check_command->parsed()) return check;
  if (plan_command->parsed()) return plan;
  if (next_command->parsed()) {
    next.from = parse_utc(next_from);
    return next;
  }
  if (history_command->parsed()) {
    history.from = parse_utc(history_from);
    history.to = parse_utc(history_to);
    return history;
  }
  if (status_command->parsed()) return status;
  if (trigger_command->parsed()) {
    trigger.from = parse_utc(trigger_from);
    trigger.to = parse_utc(trigger_to);
    return trigger;
  }
  if (wait_command->parsed()) {
    wait.timeout = policy::parse_duration(wait_timeout);
    return wait;
  }
  if (version_command->parsed()) return version;
  return tl::unexpected(std::string("Which command?\nTry 'dbssd --help'."));
}

}  // namespace dbssd::cli
