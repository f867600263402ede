// Rules for the steps that do something other than send, wait or branch.

import * as t from "../tokens.ts";
import type { Rule } from "./core.ts";
import { Programs } from "./programs.ts";

export abstract class Steps extends Programs {
  readonly split: Rule = this.RULE("split", () => {
    this.say("split");
    this.angle(() => this.MANY(() => this.SUBRULE(this.share)));
  });

  readonly share: Rule = this.RULE("share", () => {
    this.say("arm");
    this.CONSUME(t.Percent);
    this.SUBRULE(this.block);
  });

  readonly experiment: Rule = this.RULE("experiment", () => {
    this.say("experiment");
    this.SUBRULE(this.declaredName);
    this.angle(() => {
      this.MANY(() => this.SUBRULE(this.arm));
      this.OPTION(() => this.SUBRULE(this.winner));
    });
  });

  readonly arm: Rule = this.RULE("arm", () => {
    this.say("arm");
    this.CONSUME(t.Name);
    this.CONSUME(t.Percent);
    this.SUBRULE(this.block);
  });

  readonly winner: Rule = this.RULE("winner", () => {
    this.say("winner by");
    this.OR([{ ALT: () => this.say("open") }, { ALT: () => this.say("click") }, { ALT: () => this.say("goal") }]);
    this.say("rate after");
    this.CONSUME(t.Duration);
    this.say("needs");
    this.CONSUME(t.Num);
  });

  readonly set: Rule = this.RULE("set", () => {
    this.say("set");
    this.OR([
      { ALT: () => this.SUBRULE(this.assign) },
      {
        ALT: () => {
          this.CONSUME(t.Name);
          this.OR1([{ ALT: () => this.say("add") }, { ALT: () => this.say("remove") }]);
          this.SUBRULE(this.value);
        },
      },
    ]);
  });

  readonly assign: Rule = this.RULE("assign", () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Eq);
    this.OR([
      { ALT: () => this.SUBRULE(this.value) },
      { ALT: () => this.say("unknown") },
      { ALT: () => this.SUBRULE(this.args) },
    ]);
  });

  readonly assigns: Rule = this.RULE("assigns", () => this.angle(() => this.MANY(() => this.SUBRULE(this.assign))));

  readonly call: Rule = this.RULE("call", () => {
    this.say("call");
    this.SUBRULE(this.declaredName);
    this.OPTION(() => {
      this.say("with");
      this.SUBRULE(this.assigns);
    });
  });

  readonly handOff: Rule = this.RULE("handOff", () => {
    this.say("hand off to");
    this.SUBRULE(this.declaredName);
    this.OPTION(() => {
      this.say("with");
      this.CONSUME(t.Str);
    });
  });

  /** Steps that are a phrase and one name. */
  readonly move: Rule = this.RULE("move", () => {
    this.OR([
      { ALT: () => this.say("add to") },
      { ALT: () => this.say("remove from") },
      { ALT: () => this.say("continue in") },
      { ALT: () => this.say("go to", 1) },
      { ALT: () => this.say("subscribe to", 2) },
      { ALT: () => this.say("unsubscribe from", 1) },
    ]);
    this.SUBRULE(this.declaredName);
  });
}
