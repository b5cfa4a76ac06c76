"""The policy that applies until an organisation has written its own."""

from __future__ import annotations

DEFAULT_POLICY = """\
# One approval by anyone; AI-assisted changes that carry risk need somebody seasoned,
# or somebody who knows the code and the company.
version: 1
ai:
  min_lines: 10
rules:
  - name: ai-with-risk
    when: {ai: true, min_risk: moderate}
    require:
      any:
        - {approvals: 1, from: {min_tenure: 5y}}
        - {approvals: 1, from: {min_expertise: proficient, min_tenure: 2y}}
  - name: everything
    require: {approvals: 1, from: {anyone: true}}
escalation:
  - {after: 4h, do: remind}
  - {after: 8h, do: reassign}
"""
