// Rules for programs: head clauses and steps.

import * as t from "../tokens.ts";
import type { Rule } from "./core.ts";
import { Delivery } from "./delivery.ts";

export abstract class Programs extends Delivery {
  readonly program: Rule = this.RULE("program", () => {
    this.say("program");
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.audience));
    this.angle(() =>
      this.MANY(() =>
        this.OR([
          // `send at most` is a head clause although an email could be called `at` here.
          { ALT: () => this.SUBRULE(this.head), IGNORE_AMBIGUITIES: true },
          { ALT: () => this.SUBRULE(this.step) },
        ]),
      ),
    );
  });

  readonly head: Rule = this.RULE("head", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.start) },
      { ALT: () => this.SUBRULE(this.gate) },
      { ALT: () => this.SUBRULE(this.entry) },
      {
        ALT: () => {
          this.say("hold out");
          this.CONSUME(t.Percent);
        },
      },
      { ALT: () => this.SUBRULE(this.goal) },
      { ALT: () => this.SUBRULE(this.mode) },
      {
        ALT: () => {
          this.say("closes at");
          this.CONSUME(t.DateTime);
          this.OPTION(() => this.say("local"));
        },
      },
      {
        ALT: () => {
          this.say("send at most", 1);
          this.CONSUME(t.Num);
          this.say("emails");
          this.SUBRULE(this.perUnit);
        },
      },
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.say("why") }, { ALT: () => this.say("owner") }]);
          this.CONSUME(t.Str);
        },
      },
    ]);
  });

  readonly start: Rule = this.RULE("start", () => {
    this.say("start");
    this.OR([
      {
        ALT: () => {
          this.say("when");
          this.SUBRULE(this.expr);
        },
      },
      {
        ALT: () => {
          this.say("every");
          this.SUBRULE(this.recurrence);
        },
      },
      {
        ALT: () => {
          this.say("at");
          this.CONSUME(t.DateTime);
          this.OPTION(() => this.say("local"));
        },
      },
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.SUBRULE(this.offset) }, { ALT: () => this.say("on") }]);
          this.SUBRULE(this.dateField);
        },
      },
    ]);
  });

  readonly gate: Rule = this.RULE("gate", () => {
    this.OR([{ ALT: () => this.say("only if") }, { ALT: () => this.say("exit when") }]);
    this.SUBRULE(this.expr);
  });

  readonly entry: Rule = this.RULE("entry", () => {
    this.say("enter");
    this.OR([
      {
        ALT: () => {
          this.say("once");
          this.OPTION(() => {
            this.say("per");
            this.CONSUME(t.Name);
          });
        },
      },
      {
        ALT: () => {
          this.say("again after");
          this.CONSUME(t.Duration);
        },
      },
      { ALT: () => this.say("every time") },
    ]);
  });

  readonly goal: Rule = this.RULE("goal", () => {
    this.say("goal");
    this.SUBRULE(this.expr);
    this.OPTION(() => {
      this.say("within");
      this.CONSUME(t.Duration);
    });
    this.OPTION1(() => {
      this.say("target");
      this.CONSUME(t.Percent);
    });
  });

  readonly mode: Rule = this.RULE("mode", () => {
    this.OR([
      {
        ALT: () => {
          this.say("edits");
          this.OR1([{ ALT: () => this.say("follow") }, { ALT: () => this.say("pin") }]);
        },
      },
      {
        ALT: () => {
          this.say("on failure");
          this.OR2([{ ALT: () => this.say("skip") }, { ALT: () => this.say("stop") }, { ALT: () => this.say("exit") }]);
        },
      },
    ]);
  });

  readonly recurrence: Rule = this.RULE("recurrence", () => {
    this.OR([
      { ALT: () => this.say("day") },
      { ALT: () => this.CONSUME(t.Weekday) },
      { ALT: () => this.say("month") },
      { ALT: () => this.say("quarter") },
    ]);
    this.OPTION(() => this.SUBRULE(this.time));
  });

  readonly time: Rule = this.RULE("time", () => {
    this.OPTION(() => this.say("at"));
    this.CONSUME(t.Clock);
    this.OPTION1(() => this.say("local"));
  });

  readonly atTime: Rule = this.RULE("atTime", () => {
    this.say("at");
    this.CONSUME(t.Clock);
    this.OPTION(() => this.say("local"));
  });

  readonly dateField: Rule = this.RULE("dateField", () => {
    this.OR([
      {
        ALT: () => {
          this.say("anniversary of");
          this.CONSUME(t.Name);
        },
      },
      { ALT: () => this.CONSUME1(t.Name) },
    ]);
    this.OPTION(() => this.SUBRULE(this.atTime));
  });

  readonly offset: Rule = this.RULE("offset", () => {
    this.CONSUME(t.Duration);
    this.OR([{ ALT: () => this.say("before") }, { ALT: () => this.say("after") }]);
  });

  readonly block: Rule = this.RULE("block", () => this.angle(() => this.MANY(() => this.SUBRULE(this.step))));

  readonly step: Rule = this.RULE("step", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.send) },
      { ALT: () => this.SUBRULE(this.wait) },
      { ALT: () => this.SUBRULE(this.if) },
      { ALT: () => this.SUBRULE(this.split) },
      { ALT: () => this.SUBRULE(this.experiment) },
      { ALT: () => this.SUBRULE(this.set) },
      { ALT: () => this.SUBRULE(this.call) },
      { ALT: () => this.SUBRULE(this.handOff) },
      { ALT: () => this.SUBRULE(this.move) },
      { ALT: () => this.say("suppress") },
      { ALT: () => this.say("stop") },
    ]);
    this.OPTION(() => {
      this.say("as");
      this.SUBRULE(this.declaredName);
    });
  });

  readonly send: Rule = this.RULE("send", () => {
    this.say("send");
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.variantName));
    this.OPTION1(() => {
      this.say("to");
      this.CONSUME(t.Name);
    });
    this.OPTION2(() => {
      this.say("only if");
      this.SUBRULE(this.expr);
    });
  });

  readonly variantName: Rule = this.RULE("variantName", () => {
    this.say("variant");
    this.CONSUME(t.Name);
  });

  readonly wait: Rule = this.RULE("wait", () => {
    this.say("wait");
    this.OR([
      { ALT: () => this.CONSUME(t.Duration) },
      {
        ALT: () => {
          this.say("until");
          this.SUBRULE(this.until);
        },
      },
      { ALT: () => this.SUBRULE(this.upTo) },
    ]);
  });

  readonly until: Rule = this.RULE("until", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Weekday);
          this.SUBRULE(this.time);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Clock);
          this.OPTION(() => this.say("local"));
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.DateTime);
          this.OPTION1(() => this.say("local", 1));
        },
      },
      {
        ALT: () => {
          this.OPTION2(() => this.SUBRULE(this.offset));
          this.SUBRULE(this.dateField);
        },
      },
    ]);
  });

  readonly upTo: Rule = this.RULE("upTo", () => {
    this.say("up to");
    this.CONSUME(t.Duration);
    this.say("until");
    this.SUBRULE(this.expr);
    this.OPTION(() => {
      this.say("with same");
      this.CONSUME(t.Name);
    });
    this.OPTION1(() => {
      this.say("then");
      this.SUBRULE(this.block, { LABEL: "thenBlock" });
    });
    this.OPTION2(() => {
      this.say("otherwise");
      this.SUBRULE1(this.block, { LABEL: "otherwiseBlock" });
    });
  });

  readonly if: Rule = this.RULE("if", () => {
    this.SUBRULE(this.branch);
    this.MANY(() => {
      this.say("otherwise");
      this.SUBRULE1(this.branch);
    });
    this.OPTION(() => {
      this.say("otherwise", 1);
      this.SUBRULE(this.block);
    });
  });

  readonly branch: Rule = this.RULE("branch", () => {
    this.say("if");
    this.SUBRULE(this.expr);
    this.say("then");
    this.SUBRULE(this.block);
  });

  abstract readonly split: Rule;
  abstract readonly experiment: Rule;
  abstract readonly set: Rule;
  abstract readonly call: Rule;
  abstract readonly handOff: Rule;
  abstract readonly move: Rule;
}
