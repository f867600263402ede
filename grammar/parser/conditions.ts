// Rules for types, values and conditions.

import * as t from "../tokens.ts";
import { Core, type Rule } from "./core.ts";

export abstract class Conditions extends Core {
  /** A name that is being declared or looked up: a contextual word parses too, and is reported by the builder. */
  readonly declaredName: Rule = this.RULE("declaredName", () => {
    this.CONSUME(t.Name);
  });

  readonly type: Rule = this.RULE("type", () => {
    this.OPTION(() => this.say("list of"));
    this.SUBRULE(this.scalar);
    this.OPTION1(() => this.CONSUME(t.Maybe));
  });

  readonly scalar: Rule = this.RULE("scalar", () => {
    this.OR([
      {
        ALT: () => {
          this.say("text");
          this.OPTION(() => this.say("exact"));
        },
      },
      { ALT: () => this.say("number") },
      {
        ALT: () => {
          this.say("money");
          this.OPTION1(() => this.CONSUME(t.Currency));
        },
      },
      { ALT: () => this.say("percent") },
      { ALT: () => this.say("date") },
      { ALT: () => this.say("datetime") },
      { ALT: () => this.say("timezone") },
      { ALT: () => this.say("country") },
      { ALT: () => this.say("email") },
      { ALT: () => this.say("url") },
      { ALT: () => this.say("boolean") },
      { ALT: () => this.say("duration") },
      {
        ALT: () => {
          this.say("one of");
          this.round(() => this.list(() => this.CONSUME(t.Word)));
        },
      },
    ]);
  });

  readonly expr: Rule = this.RULE("expr", () => {
    this.SUBRULE(this.and);
    this.MANY(() => {
      this.say("or");
      this.SUBRULE1(this.and);
    });
  });

  readonly and: Rule = this.RULE("and", () => {
    this.SUBRULE(this.not);
    this.MANY(() => {
      this.say("and");
      this.SUBRULE1(this.not);
    });
  });

  readonly not: Rule = this.RULE("not", () => {
    this.OPTION(() => this.say("not"));
    this.SUBRULE(this.predicate);
  });

  readonly predicate: Rule = this.RULE("predicate", () => {
    this.OR([
      { ALT: () => this.round(() => this.SUBRULE(this.expr)) },
      { ALT: () => this.SUBRULE(this.sample) },
      { ALT: () => this.SUBRULE(this.membership) },
      { ALT: () => this.SUBRULE(this.consentCheck) },
      { ALT: () => this.SUBRULE(this.aggregateCheck) },
      { ALT: () => this.SUBRULE(this.phraseCheck) },
      { ALT: () => this.SUBRULE(this.named) },
    ]);
  });

  readonly sample: Rule = this.RULE("sample", () => {
    this.say("sample");
    this.CONSUME(t.Percent);
  });

  readonly membership: Rule = this.RULE("membership", () => {
    this.say("in");
    this.OR([
      {
        ALT: () => {
          this.say("program");
          this.SUBRULE(this.declaredName);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Id);
          this.OPTION(() => this.SUBRULE(this.args));
        },
      },
    ]);
  });

  readonly args: Rule = this.RULE("args", () => this.round(() => this.list(() => this.SUBRULE(this.value))));

  readonly consentCheck: Rule = this.RULE("consentCheck", () => {
    this.OR([{ ALT: () => this.say("subscribed to") }, { ALT: () => this.say("unsubscribed from") }]);
    this.SUBRULE(this.declaredName);
  });

  readonly aggregateCheck: Rule = this.RULE("aggregateCheck", () => {
    this.SUBRULE(this.aggregate);
    this.OPTION(() => this.SUBRULE(this.window));
    this.OR([{ ALT: () => this.SUBRULE(this.check) }, { ALT: () => this.SUBRULE(this.range) }]);
  });

  readonly phraseCheck: Rule = this.RULE("phraseCheck", () => {
    this.SUBRULE(this.phrase);
    this.OR([
      { ALT: () => this.SUBRULE(this.check) },
      { ALT: () => this.SUBRULE(this.range) },
      {
        ALT: () => {
          this.say("in");
          this.SUBRULE(this.calendar);
        },
      },
    ]);
  });

  /** A bare name: a field with its check, or an event; behind it `<` and `>` compare only if a value follows. */
  readonly named: Rule = this.RULE("named", () => {
    this.CONSUME(t.Id);
    this.OR([
      { GATE: () => this.comparesHere(), ALT: () => this.SUBRULE(this.check) },
      { ALT: () => this.SUBRULE(this.behaviour) },
    ]);
  });

  private comparesHere(): boolean {
    const next = this.LA(1).tokenType;
    return (next !== t.Lt && next !== t.Gt) || t.startsOrdered(this.LA(2));
  }

  readonly behaviour: Rule = this.RULE("behaviour", () => {
    this.SUBRULE(this.eventTail);
    this.OPTION(() => this.SUBRULE(this.count));
    this.OPTION1(() => this.OR([{ ALT: () => this.SUBRULE(this.window) }, { ALT: () => this.SUBRULE(this.range) }]));
    this.MANY(() => this.SUBRULE(this.follow));
  });

  readonly eventTail: Rule = this.RULE("eventTail", () => {
    this.OPTION(() => this.CONSUME(t.Id));
    this.OPTION1(() => this.say("including machines"));
    this.OPTION2(() => this.SUBRULE(this.where));
  });

  readonly follow: Rule = this.RULE("follow", () => {
    this.OPTION(() => this.say("not"));
    this.say("followed by");
    this.CONSUME(t.Id);
    this.SUBRULE(this.eventTail);
    this.say("within");
    this.CONSUME(t.Duration);
    this.OPTION1(() => {
      this.say("for the same");
      this.CONSUME(t.Name);
    });
  });

  readonly where: Rule = this.RULE("where", () => {
    this.say("where");
    this.round(() => this.SUBRULE(this.expr));
  });

  readonly count: Rule = this.RULE("count", () => {
    this.OR([
      {
        ALT: () => {
          this.say("at");
          this.OR1([{ ALT: () => this.say("least") }, { ALT: () => this.say("most") }]);
        },
      },
      { ALT: () => this.say("exactly") },
      { ALT: () => this.say("more than") },
      { ALT: () => this.say("fewer than", 1) },
    ]);
    this.CONSUME(t.Num);
    this.OR2([{ ALT: () => this.say("time") }, { ALT: () => this.say("times") }]);
  });

  readonly window: Rule = this.RULE("window", () => {
    this.OR([
      {
        ALT: () => {
          this.say("in");
          this.OR1([
            { ALT: () => this.CONSUME(t.Duration) },
            { ALT: () => this.SUBRULE(this.calendar) },
            { ALT: () => this.CONSUME(t.Id) },
          ]);
        },
      },
      {
        ALT: () => {
          this.say("since");
          this.OR2([{ ALT: () => this.CONSUME(t.Date_) }, { ALT: () => this.say("start") }]);
        },
      },
      { ALT: () => this.say("ever") },
    ]);
  });

  readonly calendar: Rule = this.RULE("calendar", () => {
    this.OR([{ ALT: () => this.SUBRULE(this.period) }, { ALT: () => this.say("today") }]);
  });

  readonly period: Rule = this.RULE("period", () => {
    this.OR([
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.say("this") }, { ALT: () => this.say("last") }, { ALT: () => this.say("next") }]);
          this.OR2([
            { ALT: () => this.say("week") },
            { ALT: () => this.say("month") },
            { ALT: () => this.say("quarter") },
            { ALT: () => this.say("year") },
          ]);
        },
      },
      { ALT: () => this.say("yesterday") },
      { ALT: () => this.say("tomorrow") },
    ]);
  });

  abstract readonly aggregate: Rule;
  abstract readonly phrase: Rule;
  abstract readonly check: Rule;
  abstract readonly range: Rule;
  abstract readonly value: Rule;
}
