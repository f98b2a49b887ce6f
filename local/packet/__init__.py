"""The audit packet: what goes to the reviewer when the auditor's letter comes, one package per beneficiary."""
