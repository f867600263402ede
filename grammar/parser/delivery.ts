// Rules for policies, scores, funnels, emails and webhooks.

import * as t from "../tokens.ts";
import { Declarations } from "./declarations.ts";
import type { Rule } from "./core.ts";

export abstract class Delivery extends Declarations {
  readonly policy: Rule = this.RULE("policy", () => {
    this.say("policy");
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.audience));
    this.angle(() => this.MANY(() => this.SUBRULE(this.policyRule)));
  });

  readonly audience: Rule = this.RULE("audience", () => {
    this.say("for");
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.args));
  });

  readonly policyRule: Rule = this.RULE("policyRule", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.quietHours) },
      { ALT: () => this.SUBRULE(this.sendOnly) },
      { ALT: () => this.say("no sending on holidays") },
      { ALT: () => this.SUBRULE(this.cap) },
      { ALT: () => this.SUBRULE(this.neverSend) },
      { ALT: () => this.SUBRULE(this.onlyOneOf) },
      { ALT: () => this.SUBRULE(this.onAmbiguous) },
    ]);
  });

  readonly quietHours: Rule = this.RULE("quietHours", () => {
    this.say("quiet hours");
    this.CONSUME(t.Clock);
    this.say("to");
    this.CONSUME1(t.Clock);
    this.OPTION(() => this.say("local"));
  });

  readonly sendOnly: Rule = this.RULE("sendOnly", () => {
    this.say("send only");
    this.OR([
      {
        ALT: () => {
          this.say("on");
          this.OR1([{ ALT: () => this.say("weekdays") }, { ALT: () => this.list(() => this.CONSUME(t.Weekday)) }]);
          this.OPTION(() => this.say("local"));
        },
      },
      {
        ALT: () => {
          this.say("between");
          this.CONSUME(t.Clock);
          this.say("and");
          this.CONSUME1(t.Clock);
          this.OPTION1(() => this.say("local", 1));
        },
      },
    ]);
  });

  readonly cap: Rule = this.RULE("cap", () => {
    this.say("at most");
    this.CONSUME(t.Num);
    this.say("emails");
    this.OR([
      {
        ALT: () => {
          this.say("in");
          this.CONSUME(t.Duration);
        },
      },
      {
        ALT: () => {
          this.SUBRULE(this.perUnit);
          this.say("in total", 1);
        },
      },
    ]);
  });

  readonly perUnit: Rule = this.RULE("perUnit", () => {
    this.say("per");
    this.OR([
      { ALT: () => this.say("second") },
      { ALT: () => this.say("minute") },
      { ALT: () => this.say("hour") },
      { ALT: () => this.say("day") },
    ]);
  });

  readonly neverSend: Rule = this.RULE("neverSend", () => {
    this.say("never send");
    this.OPTION(() => this.SUBRULE(this.declaredName));
    this.say("to in");
    this.SUBRULE1(this.declaredName);
  });

  readonly onlyOneOf: Rule = this.RULE("onlyOneOf", () => {
    this.say("only one of");
    this.list(() => this.SUBRULE(this.declaredName));
  });

  readonly onAmbiguous: Rule = this.RULE("onAmbiguous", () => {
    this.say("on ambiguous");
    this.OR([
      { ALT: () => this.say("reconcile") },
      { ALT: () => this.say("resend") },
      { ALT: () => this.say("never") },
    ]);
  });

  readonly score: Rule = this.RULE("score", () => {
    this.say("score");
    this.SUBRULE(this.declaredName);
    this.angle(() => {
      this.MANY(() => this.SUBRULE(this.scoreRule));
      this.OPTION(() => {
        this.say("halves every");
        this.CONSUME(t.Duration);
      });
    });
  });

  readonly scoreRule: Rule = this.RULE("scoreRule", () => {
    this.SUBRULE(this.not);
    this.OR([{ ALT: () => this.say("adds") }, { ALT: () => this.say("subtracts") }]);
    this.CONSUME(t.Num);
    this.OPTION(() => {
      this.say("up to");
      this.CONSUME1(t.Num);
    });
  });

  readonly funnel: Rule = this.RULE("funnel", () => {
    this.say("funnel");
    this.SUBRULE(this.declaredName);
    this.angle(() => {
      this.MANY(() => this.SUBRULE(this.stage));
      this.OPTION(() => this.say("moves forward only"));
    });
  });

  readonly stage: Rule = this.RULE("stage", () => {
    this.say("stage");
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.say("when");
      this.SUBRULE(this.expr);
    });
  });

  readonly email: Rule = this.RULE("email", () => {
    this.say("email");
    this.SUBRULE(this.declaredName);
    this.angle(() =>
      this.MANY(() =>
        this.OR([{ ALT: () => this.SUBRULE(this.variant) }, { ALT: () => this.SUBRULE(this.emailSetting) }]),
      ),
    );
  });

  readonly emailSetting: Rule = this.RULE("emailSetting", () => {
    this.OR([
      {
        ALT: () => {
          this.OR1([
            { ALT: () => this.say("body") },
            { ALT: () => this.say("reply to") },
            { ALT: () => this.say("attach") },
          ]);
          this.CONSUME(t.Str);
        },
      },
      { ALT: () => this.SUBRULE(this.overridable) },
      {
        ALT: () => {
          this.say("topic");
          this.SUBRULE(this.declaredName);
        },
      },
      { ALT: () => this.say("transactional") },
      {
        ALT: () => {
          this.say("words from");
          this.CONSUME(t.Name);
        },
      },
      { ALT: () => this.say("skip caps") },
    ]);
  });

  /** What a variant can replace, besides the body. */
  readonly overridable: Rule = this.RULE("overridable", () => {
    this.OR([
      { ALT: () => this.say("subject") },
      { ALT: () => this.say("text") },
      { ALT: () => this.say("sender") },
      { ALT: () => this.say("preview text", 1) },
    ]);
    this.CONSUME(t.Str);
  });

  readonly variant: Rule = this.RULE("variant", () => {
    this.say("variant");
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.say("when");
      this.SUBRULE(this.expr);
      this.say("then");
    });
    this.angle(() => this.MANY(() => this.SUBRULE(this.variantSetting)));
  });

  readonly variantSetting: Rule = this.RULE("variantSetting", () => {
    this.OR([
      {
        ALT: () => {
          this.say("body");
          this.CONSUME(t.Str);
        },
      },
      { ALT: () => this.SUBRULE(this.overridable) },
    ]);
  });

  readonly webhook: Rule = this.RULE("webhook", () => {
    this.say("webhook");
    this.SUBRULE(this.declaredName);
    this.CONSUME(t.Str);
  });

  readonly moved: Rule = this.RULE("moved", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.renamedStep) },
      { ALT: () => this.SUBRULE(this.renamed) },
      { ALT: () => this.SUBRULE(this.removedStep) },
    ]);
  });

  readonly renamed: Rule = this.RULE("renamed", () => {
    this.say("renamed");
    this.OR([
      { ALT: () => this.say("program") },
      { ALT: () => this.say("segment") },
      { ALT: () => this.say("email") },
      { ALT: () => this.say("experiment") },
    ]);
    this.SUBRULE(this.declaredName);
    this.say("to");
    this.SUBRULE1(this.declaredName);
  });

  readonly renamedStep: Rule = this.RULE("renamedStep", () => {
    this.say("renamed step");
    this.SUBRULE(this.stepPath);
    this.say("to");
    this.SUBRULE(this.declaredName);
  });

  readonly removedStep: Rule = this.RULE("removedStep", () => {
    this.say("removed step");
    this.SUBRULE(this.stepPath);
    this.OR([
      {
        ALT: () => {
          this.say("continue at");
          this.SUBRULE(this.declaredName);
        },
      },
      { ALT: () => this.say("exit") },
    ]);
  });

  readonly stepPath: Rule = this.RULE("stepPath", () => {
    this.SUBRULE(this.declaredName);
    this.CONSUME(t.Dot);
    this.SUBRULE1(this.declaredName);
  });
}
