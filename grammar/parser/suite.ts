// Rules for reports and tests.

import * as t from "../tokens.ts";
import type { Rule } from "./core.ts";
import { Steps } from "./steps.ts";

export abstract class Suite extends Steps {
  readonly report: Rule = this.RULE("report", () => {
    this.say("report");
    this.SUBRULE(this.declaredName);
    this.angle(() => this.MANY(() => this.SUBRULE(this.reportPart)));
  });

  readonly reportPart: Rule = this.RULE("reportPart", () => {
    this.OR([
      {
        ALT: () => {
          this.say("every");
          this.SUBRULE(this.recurrence);
        },
      },
      {
        ALT: () => {
          this.say("in");
          this.OR1([{ ALT: () => this.CONSUME(t.Duration) }, { ALT: () => this.SUBRULE(this.calendar) }]);
        },
      },
      {
        ALT: () => {
          this.say("for");
          this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.declaredName) });
        },
      },
      {
        ALT: () => {
          this.say("show");
          this.AT_LEAST_ONE_SEP1({ SEP: t.Comma, DEF: () => this.SUBRULE(this.measure) });
        },
      },
      {
        ALT: () => {
          this.say("by");
          // A unit of time is no name, but a report may count by it.
          const by = () => this.OR2([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.say("week") }]);
          this.AT_LEAST_ONE_SEP2({ SEP: t.Comma, DEF: by });
        },
      },
      {
        ALT: () => {
          this.say("to");
          this.CONSUME(t.Str);
        },
      },
    ]);
  });

  readonly measure: Rule = this.RULE("measure", () => {
    this.OR([
      {
        ALT: () => {
          this.say("sum of");
          this.CONSUME(t.Id);
          this.CONSUME(t.Dot);
          this.CONSUME(t.Name);
        },
      },
      { ALT: () => this.say("hand offs") },
      { ALT: () => this.say("time to goal") },
      {
        ALT: () => {
          this.CONSUME1(t.Name);
          this.OPTION(() => this.say("rate"));
        },
      },
    ]);
  });

  readonly test: Rule = this.RULE("test", () => {
    this.say("test");
    this.CONSUME(t.Str);
    this.angle(() => this.MANY(() => this.SUBRULE(this.clause)));
  });

  readonly clause: Rule = this.RULE("clause", () => {
    this.OR([
      {
        ALT: () => {
          this.say("now is");
          this.CONSUME(t.DateTime);
        },
      },
      { ALT: () => this.SUBRULE(this.given) },
      { ALT: () => this.SUBRULE(this.when) },
      {
        ALT: () => {
          this.say("after");
          this.CONSUME(t.Duration);
        },
      },
      {
        ALT: () => {
          this.say("at");
          this.CONSUME1(t.DateTime);
        },
      },
      { ALT: () => this.SUBRULE(this.expect) },
    ]);
  });

  readonly given: Rule = this.RULE("given", () => {
    this.say("given");
    this.OR([
      { ALT: () => this.SUBRULE(this.givenMail) },
      {
        ALT: () => {
          this.CONSUME(t.Num);
          this.say("people");
          this.OPTION(() => this.SUBRULE(this.assigns));
        },
      },
      {
        ALT: () => {
          this.say("company");
          this.CONSUME(t.Word);
          this.SUBRULE1(this.assigns);
        },
      },
      {
        ALT: () => {
          this.SUBRULE(this.declaredName);
          this.OPTION1(() =>
            this.OR1([{ ALT: () => this.SUBRULE2(this.assigns) }, { ALT: () => this.SUBRULE(this.personState) }]),
          );
        },
      },
    ]);
  });

  readonly givenMail: Rule = this.RULE("givenMail", () => {
    this.say("mail to");
    this.SUBRULE(this.declaredName);
    this.OR([
      { ALT: () => this.say("is refused") },
      {
        ALT: () => {
          this.say("fails");
          this.OPTION(() => this.SUBRULE(this.times));
        },
      },
    ]);
  });

  readonly times: Rule = this.RULE("times", () => {
    this.CONSUME(t.Num);
    this.say("times");
  });

  readonly personState: Rule = this.RULE("personState", () => {
    this.OR([
      {
        ALT: () => {
          this.OR1([
            { ALT: () => this.say("in") },
            { ALT: () => this.say("subscribed to") },
            { ALT: () => this.say("unsubscribed from") },
          ]);
          this.SUBRULE(this.declaredName);
        },
      },
      { ALT: () => this.say("is held out") },
      {
        ALT: () => {
          this.say("gets arm");
          this.SUBRULE(this.armOf);
        },
      },
      { ALT: () => this.SUBRULE(this.happened) },
    ]);
  });

  readonly armOf: Rule = this.RULE("armOf", () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.say("of");
      this.SUBRULE(this.declaredName);
    });
  });

  readonly happened: Rule = this.RULE("happened", () => {
    this.CONSUME(t.Id);
    this.OPTION(() => this.CONSUME1(t.Id));
    this.OPTION1(() => this.SUBRULE(this.assigns));
    this.OPTION2(() => this.SUBRULE(this.times));
    this.OPTION3(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.onDay) },
        {
          ALT: () => {
            this.CONSUME(t.Duration);
            this.say("ago");
          },
        },
      ]),
    );
  });

  readonly onDay: Rule = this.RULE("onDay", () => {
    this.say("on");
    this.OR([{ ALT: () => this.CONSUME(t.DateTime) }, { ALT: () => this.CONSUME(t.Date_) }]);
  });

  readonly when: Rule = this.RULE("when", () => {
    this.say("when");
    this.OR([
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.say("pause") }, { ALT: () => this.say("resume") }]);
          this.SUBRULE(this.declaredName);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Id);
          this.SUBRULE(this.act);
        },
      },
    ]);
  });

  readonly act: Rule = this.RULE("act", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.assigns) },
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.say("enters") }, { ALT: () => this.say("is ejected from") }]);
          this.SUBRULE(this.declaredName);
        },
      },
      { ALT: () => this.say("is forgotten", 1) },
      { ALT: () => this.SUBRULE(this.happened) },
    ]);
  });

  readonly expect: Rule = this.RULE("expect", () => {
    this.say("expect");
    this.OR([
      { ALT: () => this.SUBRULE(this.expectMany) },
      { ALT: () => this.SUBRULE(this.expectValue) },
      {
        ALT: () => {
          this.SUBRULE(this.declaredName);
          this.SUBRULE(this.outcome);
        },
      },
    ]);
  });

  readonly expectMany: Rule = this.RULE("expectMany", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Num) },
      {
        ALT: () => {
          this.say("between");
          this.CONSUME1(t.Num);
          this.say("and");
          this.CONSUME2(t.Num);
        },
      },
    ]);
    this.OR1([
      {
        ALT: () => {
          this.say("in");
          this.SUBRULE(this.declaredName);
        },
      },
      {
        ALT: () => {
          this.say("were sent");
          this.SUBRULE1(this.declaredName);
          this.OPTION(() => this.SUBRULE(this.variantName));
        },
      },
    ]);
  });

  readonly expectValue: Rule = this.RULE("expectValue", () => {
    this.OR([
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.say("score") }, { ALT: () => this.say("stage") }]);
          this.CONSUME(t.Id);
        },
      },
      { ALT: () => this.CONSUME(t.Name) },
    ]);
    this.say("of");
    this.SUBRULE(this.declaredName);
    this.OR2([
      {
        ALT: () => {
          this.CONSUME(t.Eq);
          this.SUBRULE(this.value);
        },
      },
      {
        ALT: () => {
          this.say("is");
          this.OR3([{ ALT: () => this.say("known") }, { ALT: () => this.say("unknown") }]);
        },
      },
    ]);
  });

  abstract readonly outcome: Rule;
}
