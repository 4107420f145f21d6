"""The page that all others are compared with: one line of text."""

import streamlit as st

st.text("Nothing here.")
