// Rules for declarations other than programs, reports and tests.

import * as t from "../tokens.ts";
import { Comparisons } from "./comparisons.ts";
import type { Rule } from "./core.ts";

export abstract class Declarations extends Comparisons {
  readonly use: Rule = this.RULE("use", () => {
    this.say("use");
    this.SUBRULE(this.declaredName);
  });

  readonly project: Rule = this.RULE("project", () => {
    this.say("project");
    this.SUBRULE(this.declaredName);
    this.angle(() => this.MANY(() => this.SUBRULE(this.projectSetting)));
  });

  readonly projectSetting: Rule = this.RULE("projectSetting", () => {
    this.OR([
      {
        ALT: () => {
          this.say("language");
          this.CONSUME(t.Num);
        },
      },
      {
        ALT: () => {
          this.say("currency");
          this.CONSUME(t.Currency);
        },
      },
      {
        ALT: () => {
          this.say("first weekday");
          this.CONSUME(t.Weekday);
        },
      },
      {
        ALT: () => {
          this.OR1([
            { ALT: () => this.say("time zone") },
            { ALT: () => this.say("sender") },
            { ALT: () => this.say("postal address") },
            { ALT: () => this.say("seed") },
            { ALT: () => this.say("holidays") },
          ]);
          this.CONSUME(t.Str);
        },
      },
    ]);
  });

  readonly contact: Rule = this.RULE("contact", () => {
    this.OR([{ ALT: () => this.say("contact") }, { ALT: () => this.say("company") }]);
    this.SUBRULE(this.fields);
  });

  readonly event: Rule = this.RULE("event", () => {
    this.say("event");
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.fields);
  });

  readonly fields: Rule = this.RULE("fields", () => this.angle(() => this.MANY(() => this.SUBRULE(this.fieldDef))));

  readonly fieldDef: Rule = this.RULE("fieldDef", () => {
    this.CONSUME(t.Name);
    this.SUBRULE(this.type);
    this.OPTION(() => this.say("key"));
  });

  readonly derived: Rule = this.RULE("derived", () => {
    this.say("derived");
    this.CONSUME(t.Name);
    this.CONSUME(t.Eq);
    this.OR([
      { ALT: () => this.SUBRULE(this.choice) },
      { ALT: () => this.SUBRULE(this.firstKnown) },
      {
        ALT: () => {
          this.SUBRULE(this.aggregate);
          this.OPTION(() => this.SUBRULE(this.window));
        },
      },
      { ALT: () => this.SUBRULE(this.operand) },
    ]);
  });

  readonly choice: Rule = this.RULE("choice", () => {
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => this.SUBRULE(this.choiceArm) });
    this.OPTION(() => {
      this.say("otherwise");
      this.SUBRULE(this.choiceValue);
    });
  });

  readonly choiceArm: Rule = this.RULE("choiceArm", () => {
    this.SUBRULE(this.choiceValue);
    this.say("when");
    this.SUBRULE(this.expr);
  });

  readonly choiceValue: Rule = this.RULE("choiceValue", () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Word) },
      { ALT: () => this.CONSUME(t.Str) },
      { ALT: () => this.CONSUME(t.Num) },
    ]);
  });

  readonly firstKnown: Rule = this.RULE("firstKnown", () => {
    this.say("first known of");
    this.round(() => this.list(() => this.SUBRULE(this.firstKnownItem)));
  });

  readonly firstKnownItem: Rule = this.RULE("firstKnownItem", () => {
    this.OR([{ ALT: () => this.SUBRULE(this.aggregate) }, { ALT: () => this.SUBRULE(this.operand) }]);
  });

  readonly load: Rule = this.RULE("load", () => {
    this.say("load");
    this.SUBRULE(this.declaredName);
    this.say("from");
    this.OR([{ ALT: () => this.say("csv") }, { ALT: () => this.say("parquet") }, { ALT: () => this.say("json") }]);
    this.CONSUME(t.Str);
    this.MANY(() => this.SUBRULE(this.loadOption));
    this.angle(() => this.MANY1(() => this.SUBRULE(this.mapping)));
  });

  readonly loadOption: Rule = this.RULE("loadOption", () => {
    this.OR([
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.say("delimiter") }, { ALT: () => this.say("encoding") }]);
          this.CONSUME(t.Str);
        },
      },
      { ALT: () => this.say("no header") },
      {
        ALT: () => {
          this.say("unknown is");
          this.SUBRULE(this.texts);
        },
      },
      { ALT: () => this.SUBRULE(this.rowsWhere) },
      {
        ALT: () => {
          this.say("refresh every");
          this.CONSUME(t.Duration);
        },
      },
    ]);
  });

  readonly rowsWhere: Rule = this.RULE("rowsWhere", () => {
    this.say("rows where");
    this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.CONSUME(t.Str) }]);
    this.say("is");
    this.OPTION(() => this.say("not"));
    this.SUBRULE(this.texts);
  });

  readonly texts: Rule = this.RULE("texts", () => this.list(() => this.CONSUME(t.Str)));

  readonly mapping: Rule = this.RULE("mapping", () => {
    this.OR([{ ALT: () => this.say("event id") }, { ALT: () => this.CONSUME(t.Name) }]);
    this.say("from");
    this.SUBRULE(this.column);
    this.OPTION(() => {
      this.say("as");
      this.CONSUME1(t.Str);
    });
    this.OPTION1(() => {
      this.say("in");
      this.CONSUME2(t.Str);
    });
    this.OPTION2(() => {
      this.say("with");
      this.round(() => this.list(() => this.SUBRULE(this.valueMap)));
    });
  });

  readonly column: Rule = this.RULE("column", () => {
    this.OR([
      {
        ALT: () => {
          this.say("column");
          this.CONSUME(t.Num);
        },
      },
      { ALT: () => this.CONSUME(t.Name) },
      { ALT: () => this.CONSUME(t.Str) },
    ]);
  });

  readonly valueMap: Rule = this.RULE("valueMap", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Str);
          this.CONSUME(t.Eq);
        },
      },
      { ALT: () => this.say("otherwise") },
    ]);
    this.OR1([{ ALT: () => this.SUBRULE(this.value) }, { ALT: () => this.say("unknown") }]);
  });

  /** `list paying "Paying customers"` and `team sales "Inside sales"`. */
  readonly titled: Rule = this.RULE("titled", () => {
    this.OR([{ ALT: () => this.say("list") }, { ALT: () => this.say("team") }]);
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.CONSUME(t.Str));
  });

  readonly vocabulary: Rule = this.RULE("vocabulary", () => {
    this.say("vocabulary");
    this.CONSUME(t.Name);
    this.angle(() => this.MANY(() => this.SUBRULE(this.termDef)));
  });

  readonly termDef: Rule = this.RULE("termDef", () => {
    this.CONSUME(t.Name);
    this.say("means");
    this.SUBRULE(this.term);
    this.OPTION(() => {
      this.say("plural");
      this.SUBRULE1(this.term);
    });
  });

  readonly term: Rule = this.RULE("term", () => {
    this.OR([{ ALT: () => this.CONSUME(t.Word) }, { ALT: () => this.CONSUME(t.Str) }]);
  });

  readonly topic: Rule = this.RULE("topic", () => {
    this.say("topic");
    this.SUBRULE(this.declaredName);
    this.CONSUME(t.Str);
    this.say("opt");
    this.OR([{ ALT: () => this.say("in") }, { ALT: () => this.say("out") }]);
  });

  readonly segment: Rule = this.RULE("segment", () => {
    this.say("segment");
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.round(() => this.list(() => this.SUBRULE(this.parameter))));
    this.say("where");
    this.SUBRULE(this.expr);
  });

  readonly parameter: Rule = this.RULE("parameter", () => {
    this.SUBRULE(this.declaredName);
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(t.Eq);
      this.SUBRULE(this.value);
    });
  });
}
