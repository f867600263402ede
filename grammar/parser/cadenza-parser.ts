// The whole grammar: outcomes of tests, and the file with its declarations.

import type { CstNode } from "chevrotain";
import * as t from "../tokens.ts";
import type { ParserOptions, Rule } from "./core.ts";
import { Suite } from "./suite.ts";

export class CadenzaParser extends Suite {
  /** Declarations of the last `file` that ended before its first error. */
  complete: CstNode[] = [];

  readonly outcome: Rule = this.RULE("outcome", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.inOutcome) },
      { ALT: () => this.SUBRULE(this.wasOutcome) },
      {
        ALT: () => {
          this.say("got arm");
          this.SUBRULE(this.armOf);
        },
      },
      { ALT: () => this.SUBRULE(this.isOutcome) },
      {
        ALT: () => {
          this.OR1([{ ALT: () => this.say("left") }, { ALT: () => this.say("reached goal of") }]);
          this.SUBRULE(this.declaredName);
        },
      },
    ]);
  });

  readonly inOutcome: Rule = this.RULE("inOutcome", () => {
    this.OPTION(() => this.say("not"));
    this.say("in");
    this.SUBRULE(this.declaredName);
  });

  readonly wasOutcome: Rule = this.RULE("wasOutcome", () => {
    this.say("was");
    this.OPTION(() => this.say("not"));
    this.OR([
      { ALT: () => this.SUBRULE(this.sentMail) },
      {
        ALT: () => {
          this.say("handed off to");
          this.SUBRULE(this.declaredName);
        },
      },
    ]);
  });

  readonly sentMail: Rule = this.RULE("sentMail", () => {
    this.say("sent");
    this.SUBRULE(this.declaredName);
    this.OPTION(() => this.SUBRULE(this.variantName));
    this.OPTION1(() => {
      this.say("to");
      this.CONSUME(t.Str, { LABEL: "address" });
    });
    this.OPTION2(() => {
      this.say("saying");
      this.CONSUME1(t.Str, { LABEL: "words" });
    });
    this.OPTION3(() => this.SUBRULE(this.times));
    this.OPTION4(() => this.SUBRULE(this.onDay));
  });

  readonly isOutcome: Rule = this.RULE("isOutcome", () => {
    this.say("is");
    this.OR([
      {
        ALT: () => {
          this.OPTION(() => this.say("not"));
          this.say("in program");
        },
      },
      { ALT: () => this.say("at") },
    ]);
    this.SUBRULE(this.declaredName);
  });

  readonly decl: Rule = this.RULE("decl", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.use) },
      { ALT: () => this.SUBRULE(this.project) },
      { ALT: () => this.SUBRULE(this.contact) },
      { ALT: () => this.SUBRULE(this.derived) },
      { ALT: () => this.SUBRULE(this.event) },
      { ALT: () => this.SUBRULE(this.load) },
      { ALT: () => this.SUBRULE(this.titled) },
      { ALT: () => this.SUBRULE(this.vocabulary) },
      { ALT: () => this.SUBRULE(this.topic) },
      { ALT: () => this.SUBRULE(this.policy) },
      { ALT: () => this.SUBRULE(this.segment) },
      { ALT: () => this.SUBRULE(this.score) },
      { ALT: () => this.SUBRULE(this.funnel) },
      { ALT: () => this.SUBRULE(this.email) },
      { ALT: () => this.SUBRULE(this.webhook) },
      { ALT: () => this.SUBRULE(this.program) },
      { ALT: () => this.SUBRULE(this.report) },
      { ALT: () => this.SUBRULE(this.test) },
      { ALT: () => this.SUBRULE(this.moved) },
    ]);
  });

  readonly file: Rule = this.RULE("file", () => {
    this.MANY(() => {
      const declaration = this.SUBRULE(this.decl);
      this.ACTION(() => this.complete.push(declaration));
      this.OPTION(() => this.CONSUME(t.Semicolon));
    });
  });

  constructor(options: ParserOptions) {
    super(options);
    this.performSelfAnalysis();
  }
}
