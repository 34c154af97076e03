"""What any lawful administration needs: time, procedure, people, access, ledger, papers, notices, matters."""
