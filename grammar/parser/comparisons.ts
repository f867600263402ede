// Rules for what is compared, and with what.

import * as t from "../tokens.ts";
import { Conditions } from "./conditions.ts";
import type { Rule } from "./core.ts";

export abstract class Comparisons extends Conditions {
  readonly check: Rule = this.RULE("check", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.equality) },
      { ALT: () => this.SUBRULE(this.order) },
      { ALT: () => this.SUBRULE(this.inValues) },
      { ALT: () => this.SUBRULE(this.isCheck) },
      { ALT: () => this.SUBRULE(this.after) },
      { ALT: () => this.SUBRULE(this.changed) },
      { ALT: () => this.SUBRULE(this.hasBeen) },
      { ALT: () => this.SUBRULE(this.contains) },
      { ALT: () => this.SUBRULE(this.edge) },
      { ALT: () => this.SUBRULE(this.matches) },
    ]);
  });

  readonly equality: Rule = this.RULE("equality", () => {
    this.OR([{ ALT: () => this.CONSUME(t.Eq) }, { ALT: () => this.CONSUME(t.Ne) }]);
    this.SUBRULE(this.value);
  });

  readonly order: Rule = this.RULE("order", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Lt) },
      { ALT: () => this.CONSUME(t.Le) },
      { ALT: () => this.CONSUME(t.Gt) },
      { ALT: () => this.CONSUME(t.Ge) },
    ]);
    this.SUBRULE(this.ordered);
  });

  readonly inValues: Rule = this.RULE("inValues", () => {
    this.OPTION(() => this.say("not"));
    this.say("in");
    this.SUBRULE(this.args);
  });

  readonly isCheck: Rule = this.RULE("isCheck", () => {
    this.say("is");
    this.OPTION(() => this.say("not"));
    this.OR([
      { ALT: () => this.SUBRULE(this.value) },
      { ALT: () => this.say("known") },
      { ALT: () => this.say("unknown") },
    ]);
  });

  readonly after: Rule = this.RULE("after", () => {
    this.say("after");
    this.SUBRULE(this.bound);
  });

  readonly range: Rule = this.RULE("range", () => {
    this.OR([
      {
        ALT: () => {
          this.say("before");
          this.SUBRULE(this.bound);
        },
      },
      {
        ALT: () => {
          this.say("between");
          this.SUBRULE(this.ordered);
          this.say("and");
          this.SUBRULE1(this.ordered);
        },
      },
    ]);
  });

  readonly bound: Rule = this.RULE("bound", () => {
    this.OR([{ ALT: () => this.SUBRULE(this.moment) }, { ALT: () => this.SUBRULE(this.period) }]);
  });

  readonly changed: Rule = this.RULE("changed", () => {
    this.say("changed");
    this.OPTION(() => this.SUBRULE(this.window));
  });

  readonly hasBeen: Rule = this.RULE("hasBeen", () => {
    this.say("has been");
    this.SUBRULE(this.value);
    this.say("for");
    this.CONSUME(t.Duration);
  });

  readonly contains: Rule = this.RULE("contains", () => {
    this.say("contains");
    this.OR([
      {
        ALT: () => {
          this.say("any of");
          this.SUBRULE(this.args);
        },
      },
      {
        ALT: () => {
          this.say("all of", 1);
          this.SUBRULE1(this.args);
        },
      },
      { ALT: () => this.SUBRULE(this.value) },
    ]);
  });

  readonly edge: Rule = this.RULE("edge", () => {
    this.OR([{ ALT: () => this.say("starts") }, { ALT: () => this.say("ends") }]);
    this.say("with");
    this.CONSUME(t.Str);
  });

  readonly matches: Rule = this.RULE("matches", () => {
    this.say("matches");
    this.OPTION(() => this.say("regex"));
    this.CONSUME(t.Str);
  });

  readonly phrase: Rule = this.RULE("phrase", () => {
    this.OR([
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.say("company") }, { ALT: () => this.say("event") }]);
          this.CONSUME(t.Dot);
          this.CONSUME(t.Name);
        },
      },
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.say("score") }, { ALT: () => this.say("stage") }]);
          this.CONSUME(t.Id);
        },
      },
      {
        ALT: () => {
          this.say("anniversary of");
          this.CONSUME1(t.Name);
        },
      },
      { ALT: () => this.CONSUME(t.Contextual) },
    ]);
  });

  readonly operand: Rule = this.RULE("operand", () => {
    this.OR([{ ALT: () => this.SUBRULE(this.phrase) }, { ALT: () => this.CONSUME(t.Id) }]);
  });

  readonly aggregate: Rule = this.RULE("aggregate", () => {
    this.SUBRULE(this.aggregateFunction);
    this.CONSUME(t.Id);
    this.OPTION(() => {
      this.CONSUME(t.Dot);
      this.CONSUME(t.Name);
    });
    this.OPTION1(() => this.SUBRULE(this.where));
  });

  readonly aggregateFunction: Rule = this.RULE("aggregateFunction", () => {
    this.OR([
      {
        ALT: () => {
          this.say("count of");
          this.OPTION(() => this.say("distinct"));
        },
      },
      { ALT: () => this.say("sum of", 1) },
      { ALT: () => this.say("average of", 2) },
      { ALT: () => this.say("lowest") },
      { ALT: () => this.say("highest") },
      { ALT: () => this.say("first") },
      { ALT: () => this.say("last") },
    ]);
  });

  readonly value: Rule = this.RULE("value", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.fieldValue) },
      { ALT: () => this.SUBRULE(this.duration) },
      { ALT: () => this.SUBRULE(this.instant) },
      { ALT: () => this.SUBRULE(this.amount) },
      { ALT: () => this.CONSUME(t.Percent) },
      { ALT: () => this.CONSUME(t.Str) },
      { ALT: () => this.CONSUME(t.Clock) },
      { ALT: () => this.CONSUME(t.Word) },
      { ALT: () => this.say("yes") },
      { ALT: () => this.say("no") },
    ]);
  });

  readonly ordered: Rule = this.RULE("ordered", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.fieldValue) },
      { ALT: () => this.SUBRULE(this.duration) },
      { ALT: () => this.SUBRULE(this.instant) },
      { ALT: () => this.SUBRULE(this.amount) },
      { ALT: () => this.CONSUME(t.Percent) },
      { ALT: () => this.CONSUME(t.Str) },
      { ALT: () => this.CONSUME(t.Clock) },
      { ALT: () => this.CONSUME(t.Id) },
    ]);
  });

  readonly fieldValue: Rule = this.RULE("fieldValue", () => {
    this.say("field");
    this.CONSUME(t.Name);
  });

  /** A duration, or the moment that it leads to. */
  readonly duration: Rule = this.RULE("duration", () => {
    this.CONSUME(t.Duration);
    this.OPTION(() => this.OR([{ ALT: () => this.say("ago") }, { ALT: () => this.say("from now") }]));
  });

  readonly instant: Rule = this.RULE("instant", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Date_) },
      { ALT: () => this.CONSUME(t.DateTime) },
      { ALT: () => this.say("today") },
      { ALT: () => this.say("now") },
    ]);
  });

  readonly moment: Rule = this.RULE("moment", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Duration);
          this.OR1([{ ALT: () => this.say("ago") }, { ALT: () => this.say("from now") }]);
        },
      },
      { ALT: () => this.SUBRULE(this.instant) },
    ]);
  });

  readonly amount: Rule = this.RULE("amount", () => {
    this.CONSUME(t.Num);
    this.OPTION(() => this.CONSUME(t.Currency));
  });
}
