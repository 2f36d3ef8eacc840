// htmx would write a <style> and evaluate attributes: the policy of these pages forbids the one, and nobody needs the other.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
