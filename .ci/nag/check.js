// cdk-nag's rules for HIPAA, serverless applications and AWS solutions over the expanded template, as JSON on standard
// output: [{rule, resource, what}]. `make scan` compares them with .ci/exemptions.toml.
"use strict";

const { App, Stack } = require("aws-cdk-lib");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");
const { AwsSolutionsChecks, HIPAASecurityChecks, ServerlessChecks } = require("cdk-nag");

const [template] = process.argv.slice(2);
const stack = new Stack(new App(), "stack");
new CfnInclude(stack, "included", { templateFile: template });

const findings = [AwsSolutionsChecks, HIPAASecurityChecks, ServerlessChecks]
  .flatMap((Pack) => new Pack().validateScope(stack).violations)
  .flatMap(({ ruleName, description, violatingResources }) =>
    violatingResources.map(({ constructPath }) => ({
      rule: ruleName,
      resource: constructPath.split("/").pop(),
      what: description,
    })),
  );
process.stdout.write(JSON.stringify(findings));
